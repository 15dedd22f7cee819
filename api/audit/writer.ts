import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AuditEvent } from './auditEvent.ts';
import type { AuditStore } from './store/store.ts';

/** Bounds of the buffer: events, and UTF-16 units of their details. */
const [maxBuffered, maxBufferedLength] = [10_000, 32_000_000];
/** Bounds of a batch: events, and UTF-16 units. */
const [batchEvents, batchLength] = [500, 2_000_000];
/** How long background events are batched, in milliseconds; a killed process loses at most these. */
const batchDelayMs = 100;
/** The minimum and maximum backoff while the store is unavailable, in milliseconds. */
const [minBackoffMs, maxBackoffMs] = [200, 10_000];
/** How long `close` retries, in milliseconds. */
const closeTimeoutMs = 5000;

/** Writes events to the store in their order, and buffers them while the store is unavailable. */
export interface AuditWriter {
  /** Resolves when the event is stored; immediately while the store is unavailable. Never rejects. */
  write(event: AuditEvent): Promise<void>;
  /** Resolves when the event is stored. Rejects if the store is unavailable; the event may be stored later. */
  writeStored(event: AuditEvent): Promise<void>;
  /** Writes the event soon, in a batch with others. */
  add(event: AuditEvent): void;
  /** Writes the buffered events for up to a few seconds, and logs how many were lost. */
  close(): Promise<void>;
}

export interface AuditWriterDeps {
  readonly store: Pick<AuditStore, 'append'>;
  readonly log: Logger;
  /** Returns the event that records the loss of `count` events. */
  readonly lost: (count: number) => AuditEvent;
}

export const createAuditWriter = ({ store, log, lost }: AuditWriterDeps): AuditWriter => {
  let buffered: AuditEvent[] = [];
  let length = 0;
  let lostCount = 0;
  let [added, stored] = [0, 0];
  let isUnavailable = false;
  let giveUpAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> | null = null;
  let tried = Promise.withResolvers<void>();
  const closing = new AbortController();

  const lose = (count: number) => {
    if (lostCount === 0) log.error('audit: buffer full, losing events until the store is available');
    lostCount += count;
  };

  /** Returns whether there was room for the event. */
  const push = (event: AuditEvent): boolean => {
    const size = lengthOf(event);
    if (buffered.length >= maxBuffered || length + size > maxBufferedLength) {
      lose(event.count);
      return false;
    }
    buffered.push(event);
    length += size;
    added += 1;
    return true;
  };

  const writeBatch = async (): Promise<void> => {
    const batch = batchOf(buffered);
    await store.append(batch);
    buffered = buffered.slice(batch.length);
    length -= batch.reduce((sum, event) => sum + lengthOf(event), 0);
    stored += batch.length;
    if (lostCount === 0) return;
    log.error({ events: lostCount }, 'audit: events lost, buffer was full');
    const event = lost(lostCount);
    lostCount = 0;
    push(event);
  };

  const work = async (): Promise<void> => {
    for (let tries = 0; buffered.length > 0; ) {
      try {
        await writeBatch();
        if (isUnavailable) log.info('audit: store available again');
        [isUnavailable, tries] = [false, 0];
      } catch (error) {
        // Without the error's message: a driver may quote event data in it.
        if (!isUnavailable)
          log.warn({ code: codeOf(error), events: buffered.length }, 'audit: events not written, retrying');
        [isUnavailable, tries] = [true, tries + 1];
      }
      tried.resolve();
      tried = Promise.withResolvers();
      if (!isUnavailable) continue;
      if (performance.now() >= giveUpAt) return;
      const backoffMs = Math.min(
        minBackoffMs * 2 ** tries,
        closing.signal.aborted ? minBackoffMs : maxBackoffMs,
      );
      await sleep(
        backoffMs * (0.5 + Math.random() / 2),
        undefined,
        closing.signal.aborted ? {} : { signal: closing.signal },
      ).catch(() => {});
    }
  };

  const start = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    working ??= work().finally(() => {
      working = null;
      // Events may have been added since the loop ended.
      if (buffered.length > 0 && performance.now() < giveUpAt) start();
    });
  };

  return {
    async write(event) {
      push(event);
      const mine = added;
      start();
      while (stored < mine && !isUnavailable) await tried.promise;
    },
    async writeStored(event) {
      const isBuffered = push(event);
      const mine = added;
      start();
      while (isBuffered && stored < mine && !isUnavailable) await tried.promise;
      if (!isBuffered || stored < mine) throw new Error('The audit log is unavailable.');
    },
    add(event) {
      push(event);
      if (!working) timer ??= setTimeout(start, batchDelayMs);
    },
    async close() {
      giveUpAt = performance.now() + closeTimeoutMs;
      closing.abort();
      while (buffered.length > 0 && performance.now() < giveUpAt) {
        start();
        await working;
      }
      const count = buffered.length + lostCount;
      if (count > 0) log.error({ events: count }, 'audit: events lost, store still unavailable at shutdown');
    },
  };
};

const batchOf = (events: readonly AuditEvent[]): readonly AuditEvent[] => {
  let length = 0;
  const end = events.slice(0, batchEvents).findIndex((event) => {
    length += lengthOf(event);
    return length > batchLength;
  });
  return events.slice(0, end === -1 ? batchEvents : Math.max(1, end));
};

/** Estimates the size of an event, in UTF-16 units. */
const lengthOf = ({ details }: AuditEvent): number =>
  Object.values(details).reduce<number>((sum, value) => sum + String(value).length, 500);

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'INTERNAL';
