import type { JournalDelta, JournalListener } from '../journal/journal.ts';

/** Text that may be buffered for a slow reader, in UTF-16 code units. Past it the reader reads the journal instead. */
const maxBuffered = 256 * 1024;

/** What has arrived since the reader last took something. */
export type Arrival =
  | { readonly type: 'delta'; readonly delta: JournalDelta }
  /** Something other than a delta that follows on, the end of an attempt among it: read the journal. */
  | { readonly type: 'changed' }
  /** Nothing has arrived for as long as the reader waits. */
  | { readonly type: 'quiet' };

const joins = (earlier: JournalDelta, later: JournalDelta): boolean =>
  earlier.attempt === later.attempt &&
  earlier.offset + earlier.delta.length === later.offset &&
  earlier.thinkingOffset + earlier.thinkingDelta.length === later.thinkingOffset &&
  earlier.delta.length + earlier.thinkingDelta.length < maxBuffered;

/**
 * Stands between a journal that notifies and a reader that may be slow. Deltas are joined until they are taken, so the
 * buffer is bounded and a slow reader holds back no other. An arrival is taken once: nothing that arrived stays, so each
 * `take` returns something new or waits.
 */
export interface Inbox extends JournalListener {
  /** Returns the next arrival, at the latest after `quietMs` milliseconds. Rejects with `signal.reason`. */
  take(signal: AbortSignal, quietMs: number): Promise<Arrival>;
}

export const createInbox = (): Inbox => {
  let waiting: JournalDelta | null = null;
  let isStale = false;
  let wake: () => void = () => {};

  const changed = () => {
    isStale = true;
    wake();
  };

  /** Resolves when something arrives, or after `quietMs`. */
  const arrival = (signal: AbortSignal, quietMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const timer = setTimeout(wake, quietMs);
      signal.addEventListener('abort', abort, { once: true });
    });

  return {
    delta(delta) {
      if (waiting === null) waiting = delta;
      else if (joins(waiting, delta)) {
        waiting = {
          ...waiting,
          delta: waiting.delta + delta.delta,
          thinkingDelta: waiting.thinkingDelta + delta.thinkingDelta,
        };
      } else isStale = true;
      wake();
    },
    changed,
    ended: changed,
    async take(signal, quietMs) {
      signal.throwIfAborted();
      if (!isStale && waiting === null) await arrival(signal, quietMs);
      const [delta, wasStale] = [waiting, isStale];
      waiting = null;
      isStale = false;
      if (wasStale) return { type: 'changed' };
      return delta === null ? { type: 'quiet' } : { type: 'delta', delta };
    },
  };
};
