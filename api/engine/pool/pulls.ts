import { reasonOf } from '../../errors/causes.ts';
import type { Engine, PullStep } from '../engine.ts';

/** A backend that fetches a model. */
export interface Puller {
  /** Its address. */
  readonly name: string;
  readonly engine: Pick<Engine, 'pull'>;
}

/**
 * Fetches a model at all backends at once. If steps arrive faster than they are read, only the latest of each backend is
 * yielded. A backend that fails yields a `failed` step while the others continue. Throws the first failure if all fail.
 */
export async function* pullFromAll(
  pullers: readonly Puller[],
  name: string,
  signal: AbortSignal,
): AsyncGenerator<PullStep, void, undefined> {
  const readerLeft = new AbortController();
  const either = AbortSignal.any([signal, readerLeft.signal]);
  const pending = new Map<string, PullStep>();
  const failures: unknown[] = [];
  let wake = () => {};

  const report = (step: PullStep, backend: string) => {
    pending.set(backend, { ...step, backend });
    wake();
  };
  const pull = async ({ name: backend, engine }: Puller) => {
    let last: PullStep | null = null;
    try {
      for await (const step of engine.pull({ name, backend: null }, either)) {
        last = step;
        report(step, backend);
      }
    } catch (error) {
      failures.push(error);
      const unknown = { receivedBytes: null, totalBytes: null };
      const message = reasonOf(error);
      report({ backend, ...unknown, ...last, state: 'failed', message }, backend);
    }
  };

  let hasEnded = false;
  const all = Promise.all(pullers.map(pull)).finally(() => {
    hasEnded = true;
    wake();
  });
  try {
    for (;;) {
      const steps = [...pending.values()];
      pending.clear();
      yield* steps;
      if (hasEnded && pending.size === 0) break;
      if (pending.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    signal.throwIfAborted();
    if (failures.length === pullers.length) throw failures[0];
  } finally {
    readerLeft.abort();
    await all;
  }
}
