import type { JournalDelta, JournalListener } from './journal.ts';

/** Text that a slow reader may have waiting, in UTF-16 code units. Past it the text is read from the journal instead. */
const most = 256 * 1024;

/** What came since the reader last looked. */
export type Arrival =
  | { readonly type: 'delta'; readonly delta: JournalDelta }
  /** Something other than a delta that follows on: read the journal. */
  | { readonly type: 'changed' }
  | { readonly type: 'ended' };

const joins = (earlier: JournalDelta, later: JournalDelta): boolean =>
  earlier.attempt === later.attempt &&
  earlier.offset + earlier.delta.length === later.offset &&
  earlier.thinkingOffset + earlier.thinkingDelta.length === later.thinkingOffset &&
  earlier.delta.length + earlier.thinkingDelta.length < most;

/**
 * Between a journal that tells and a reader that may be slow: deltas run together until they are taken, so what waits
 * is bounded and nobody is held back.
 */
export interface Inbox extends JournalListener {
  /** What came, as soon as something has. Rejects with `signal.reason`. */
  take(signal: AbortSignal): Promise<Arrival>;
}

export const createInbox = (): Inbox => {
  let waiting: JournalDelta | null = null;
  let stale = false;
  let over = false;
  let wake: () => void = () => {};

  return {
    delta(delta) {
      if (waiting === null) waiting = delta;
      else if (joins(waiting, delta)) {
        waiting = {
          ...waiting,
          delta: waiting.delta + delta.delta,
          thinkingDelta: waiting.thinkingDelta + delta.thinkingDelta,
        };
      } else stale = true;
      wake();
    },
    changed() {
      stale = true;
      wake();
    },
    ended() {
      over = true;
      wake();
    },
    async take(signal) {
      while (!over && !stale && waiting === null) {
        signal.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          const abort = () => reject(signal.reason);
          signal.addEventListener('abort', abort, { once: true });
          wake = () => {
            signal.removeEventListener('abort', abort);
            resolve();
          };
        });
      }
      const delta = waiting;
      waiting = null;
      if (over) return { type: 'ended' };
      if (stale || delta === null) {
        stale = false;
        return { type: 'changed' };
      }
      return { type: 'delta', delta };
    },
  };
};
