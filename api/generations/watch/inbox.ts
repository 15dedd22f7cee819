import type { JournalDelta, JournalListener } from '../journal/journal.ts';

/** The maximum text buffered for a slow reader, in UTF-16 code units. Past it the reader reads the journal instead. */
const maxBuffered = 256 * 1024;

/** What has arrived since the last `take`. */
export type Arrival =
  | { readonly type: 'delta'; readonly delta: JournalDelta }
  /** Read the journal: the status or the attempt changed, an attempt ended, or a delta has a gap before it. */
  | { readonly type: 'changed' }
  /** Nothing has arrived in time. */
  | { readonly type: 'timeout' };

/** Whether two deltas can be merged. */
const canMerge = (earlier: JournalDelta, later: JournalDelta): boolean =>
  earlier.attempt === later.attempt &&
  earlier.offset + earlier.delta.length === later.offset &&
  earlier.thinkingOffset + earlier.thinkingDelta.length === later.thinkingOffset &&
  earlier.delta.length + earlier.thinkingDelta.length < maxBuffered;

/**
 * Buffers a journal's notifications for one reader, which may be slow. Deltas are merged until they are taken, so the
 * buffer is bounded and a slow reader delays no other. `take` empties the buffer, so each call returns something new or
 * waits.
 */
export interface Inbox extends JournalListener {
  /** Waits up to `timeoutMs` for the next arrival. Rejects with `signal.reason`. */
  take(signal: AbortSignal, timeoutMs: number): Promise<Arrival>;
}

export const createInbox = (): Inbox => {
  let buffered: JournalDelta | null = null;
  let isStale = false;
  let wake: () => void = () => {};

  const changed = () => {
    isStale = true;
    wake();
  };

  /** Resolves on the next notification, or after `timeoutMs`. */
  const arrival = (signal: AbortSignal, timeoutMs: number): Promise<void> =>
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
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', abort, { once: true });
    });

  return {
    delta(delta) {
      if (buffered === null) buffered = delta;
      else if (canMerge(buffered, delta)) {
        buffered = {
          ...buffered,
          delta: buffered.delta + delta.delta,
          thinkingDelta: buffered.thinkingDelta + delta.thinkingDelta,
        };
      } else isStale = true;
      wake();
    },
    changed,
    ended: changed,
    async take(signal, timeoutMs) {
      signal.throwIfAborted();
      if (!isStale && buffered === null) await arrival(signal, timeoutMs);
      const [delta, wasStale] = [buffered, isStale];
      buffered = null;
      isStale = false;
      if (wasStale) return { type: 'changed' };
      return delta === null ? { type: 'timeout' } : { type: 'delta', delta };
    },
  };
};
