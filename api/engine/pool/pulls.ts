import { reasonOf } from '../../errors/causes.ts';
import type { Engine, PullStep } from '../engine.ts';

/** Who fetches, as its address says. */
export interface Puller {
  readonly name: string;
  readonly engine: Pick<Engine, 'pull'>;
}

/**
 * Fetches a model at all of them side by side. Of steps that come faster than they are read, each one's last is given.
 * One that fails is said to, and the others go on; throws the first failure where all of them fail.
 */
export async function* pullAtAll(
  pullers: readonly Puller[],
  name: string,
  signal: AbortSignal,
): AsyncGenerator<PullStep, void, undefined> {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const news = new Map<string, PullStep>();
  const failures: unknown[] = [];
  let wake = () => {};

  const tell = (step: PullStep, backend: string) => {
    news.set(backend, { ...step, backend });
    wake();
  };
  const pull = async ({ name: backend, engine }: Puller) => {
    let last: PullStep | null = null;
    try {
      for await (const step of engine.pull({ name, backend: null }, either)) {
        last = step;
        tell(step, backend);
      }
    } catch (error) {
      failures.push(error);
      const nothing = { receivedBytes: null, totalBytes: null };
      const message = reasonOf(error);
      tell({ backend, ...nothing, ...last, state: 'failed', message }, backend);
    }
  };

  let isOver = false;
  const all = Promise.all(pullers.map(pull)).finally(() => {
    isOver = true;
    wake();
  });
  try {
    for (;;) {
      const steps = [...news.values()];
      news.clear();
      yield* steps;
      if (isOver && news.size === 0) break;
      if (news.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    signal.throwIfAborted();
    if (failures.length === pullers.length) throw failures[0];
  } finally {
    left.abort();
    await all;
  }
}
