import { Failure } from '../errors/failures.ts';
import type { Bus } from './bus.ts';
import type { Topic } from './topic.ts';

/** Maximum pending changes of a slow subscriber. Each is a few ids. */
const maxPending = 1000;

/**
 * Yields the changes that are published for a key from now on. `what` names what has to be read again if the subscriber
 * falls too far behind: then it throws `CONFLICT`.
 */
export async function* watchChanges<Change>(
  bus: Bus,
  topic: Topic<Change>,
  key: string,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<Change, void, undefined> {
  const pending: Change[] = [];
  let missed = false;
  let wake: () => void = () => {};
  const stop = await bus.subscribe(topic, key, {
    message(change) {
      if (pending.length >= maxPending) missed = true;
      else pending.push(change);
      wake();
    },
    missed() {
      missed = true;
      wake();
    },
  });
  const abort = () => wake();
  signal.addEventListener('abort', abort);

  try {
    for (;;) {
      signal.throwIfAborted();
      if (missed) {
        throw new Failure(
          'CONFLICT',
          `Some changes were missed. Read the ${what} again, then subscribe again.`,
        );
      }
      const change = pending.shift();
      if (change) yield change;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', abort);
    await stop();
  }
}
