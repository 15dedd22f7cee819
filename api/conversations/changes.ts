import { Failure } from '../errors/failures.ts';
import type { Bus } from '../realtime/bus.ts';
import { type ConversationChange, conversationChanged } from './topics.ts';

/** Changes that a slow reader may have waiting. Each is a few ids. */
const most = 1000;

/** The changes of an owner's conversations, from now on. Throws `CONFLICT` where the reader fell too far behind. */
export async function* watchConversations(
  bus: Bus,
  ownerId: string,
  signal: AbortSignal,
): AsyncGenerator<ConversationChange, void, undefined> {
  const waiting: ConversationChange[] = [];
  let missed = false;
  let wake: () => void = () => {};
  const stop = await bus.subscribe(conversationChanged, ownerId, {
    message(change) {
      if (waiting.length >= most) missed = true;
      else waiting.push(change);
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
      const change = waiting.shift();
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
