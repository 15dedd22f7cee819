import { Failure } from '../errors/failures.ts';
import type { Bus } from '../realtime/bus.ts';
import { type ConversationChange, conversationChanged } from './topics.ts';

/** Maximum pending changes of a slow subscriber. Each is a few ids. */
const maxPending = 1000;

/**
 * Yields the changes of an owner's conversations from now on. Throws `CONFLICT` if the subscriber falls too far behind.
 */
export async function* watchConversations(
  bus: Bus,
  ownerId: string,
  signal: AbortSignal,
): AsyncGenerator<ConversationChange, void, undefined> {
  const pending: ConversationChange[] = [];
  let missed = false;
  let wake: () => void = () => {};
  const stop = await bus.subscribe(conversationChanged, ownerId, {
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
          'Some changes were missed. Read the conversations again, then subscribe again.',
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
