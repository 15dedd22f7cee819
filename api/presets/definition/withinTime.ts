import { createContext, Script } from 'node:vm';

/** How often a task is tried that was stopped although it was hardly run. */
const maxTries = 4;

/** The share of its time that a task must have had the processor to be at fault. */
const ownShare = 0.8;

const context = createContext({ task: null });
const script = new Script('task()');

export const isOutOfTime = (error: unknown): boolean =>
  (error as { readonly code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * Runs a synchronous task that can be repeated, and stops it once it has blocked the event loop for `limitMs`. Repeats it a
 * few times if other programs had the processor meanwhile. Throws an error for which `isOutOfTime` is true.
 */
export const withinTime = <Result>(limitMs: number, task: () => Result): Result => {
  for (let tries = 1; ; tries += 1) {
    const before = process.threadCpuUsage();
    context.task = task;
    try {
      return script.runInContext(context, { timeout: limitMs });
    } catch (error) {
      const { user, system } = process.threadCpuUsage(before);
      const isAtFault = (user + system) / 1000 >= limitMs * ownShare;
      if (!isOutOfTime(error) || isAtFault || tries === maxTries) throw error;
    } finally {
      context.task = null;
    }
  }
};
