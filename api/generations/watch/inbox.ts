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
  /** Waits up to the timeout for the next arrival. Rejects with `signal.reason`. Not called again until it settles. */
  take(): Promise<Arrival>;
  /** Stops the timer and listening to the signal. */
  close(): void;
}

/**
 * Creates an inbox whose `take` waits up to `timeoutMs`. A delta that arrives while `take` waits is passed to `accept`
 * first: if that returns true, it has handled the delta, and `take` waits on. `accept` must not throw.
 */
export const createInbox = (
  signal: AbortSignal,
  timeoutMs: number,
  accept: (delta: JournalDelta) => boolean = () => false,
): Inbox => {
  let buffered: JournalDelta | null = null;
  let isStale = false;
  let waiter: PromiseWithResolvers<void> | null = null;
  let waitingSince = 0;
  /** Whether a delta was accepted since the timer was last checked. */
  let hasAccepted = false;
  let timer: NodeJS.Timeout | null = null;

  const wake = () => {
    waiter?.resolve();
    waiter = null;
  };

  const changed = () => {
    isStale = true;
    wake();
  };

  const abort = () => {
    waiter?.reject(signal.reason);
    waiter = null;
  };
  signal.addEventListener('abort', abort, { once: true });

  /** One timer for all waits instead of one per wait: when it fires, it continues for the rest of the current wait. */
  const checkTimeout = () => {
    timer = null;
    if (!waiter) return;
    // Cheaper than the time of each delta; the wait is up to twice as long.
    if (hasAccepted) waitingSince = performance.now();
    hasAccepted = false;
    const leftMs = waitingSince + timeoutMs - performance.now();
    if (leftMs <= 0) wake();
    else timer = setTimeout(checkTimeout, leftMs);
  };

  /** Resolves on the next notification, or after the timeout. */
  const arrival = (): Promise<void> => {
    waitingSince = performance.now();
    timer ??= setTimeout(checkTimeout, timeoutMs);
    waiter = Promise.withResolvers();
    return waiter.promise;
  };

  return {
    delta(delta) {
      if (delta.delta === '' && delta.thinkingDelta === '') return changed();
      if (waiter !== null && accept(delta)) {
        hasAccepted = true;
        return;
      }
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
    async take() {
      signal.throwIfAborted();
      if (!isStale && buffered === null) await arrival();
      const [delta, wasStale] = [buffered, isStale];
      buffered = null;
      isStale = false;
      if (wasStale) return { type: 'changed' };
      return delta === null ? { type: 'timeout' } : { type: 'delta', delta };
    },
    close() {
      if (timer) clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
};
