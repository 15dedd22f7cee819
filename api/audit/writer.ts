import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AuditEvent } from './auditEvent.ts';
import type { AuditStore } from './store/store.ts';

/** What waits to be written is bounded by both: events, and UTF-16 units of what they hold. */
const [maxWaiting, maxWaitingLength] = [10_000, 32_000_000];
/** Events that are written at once, by both. */
const [batchEvents, batchLength] = [500, 2_000_000];
/** How long events that nobody waits for are gathered, in milliseconds: what a kill may cost. */
const gatherMs = 100;
/** The shortest and the longest pause between two tries while the store is away, in milliseconds. */
const [minPauseMs, maxPauseMs] = [200, 10_000];
/** How long closing tries to write what is left, in milliseconds. */
const closingMs = 5000;

/** Puts events into the store, in the order they come in, and keeps those that it can't put there yet. */
export interface AuditWriter {
  /** Resolves once it is stored; while the store is away, at once. Never rejects. */
  write(event: AuditEvent): Promise<void>;
  /** Soon, with others. */
  add(event: AuditEvent): void;
  /** Writes what is left, for a few seconds; what then is still left is said in the log. */
  close(): Promise<void>;
}

export interface AuditWriterDeps {
  readonly store: Pick<AuditStore, 'append'>;
  readonly log: Logger;
  /** What stands in the log for events that there was no room for. */
  readonly lost: (count: number) => AuditEvent;
}

export const createAuditWriter = ({ store, log, lost }: AuditWriterDeps): AuditWriter => {
  let waiting: AuditEvent[] = [];
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
    if (lostCount === 0) log.error('the audit log has no room for more events while its store is away');
    lostCount += count;
  };

  const push = (event: AuditEvent) => {
    const size = lengthOf(event);
    if (waiting.length >= maxWaiting || length + size > maxWaitingLength) {
      lose(event.count);
      return;
    }
    waiting.push(event);
    length += size;
    added += 1;
  };

  const writeBatch = async (): Promise<void> => {
    const batch = batchOf(waiting);
    await store.append(batch);
    waiting = waiting.slice(batch.length);
    length -= batch.reduce((sum, event) => sum + lengthOf(event), 0);
    stored += batch.length;
    if (lostCount === 0) return;
    log.error({ events: lostCount }, 'events were lost that the audit log had no room for');
    const event = lost(lostCount);
    lostCount = 0;
    push(event);
  };

  const work = async (): Promise<void> => {
    for (let tries = 0; waiting.length > 0; ) {
      try {
        await writeBatch();
        if (isUnavailable) log.info('the audit log is written again');
        [isUnavailable, tries] = [false, 0];
      } catch (error) {
        // Without the error's own text: a driver may repeat in it what it was given.
        if (!isUnavailable)
          log.warn(
            { code: codeOf(error), events: waiting.length },
            'the audit log can’t be written; trying again',
          );
        [isUnavailable, tries] = [true, tries + 1];
      }
      tried.resolve();
      tried = Promise.withResolvers();
      if (!isUnavailable) continue;
      if (performance.now() >= giveUpAt) return;
      const longest = Math.min(minPauseMs * 2 ** tries, closing.signal.aborted ? minPauseMs : maxPauseMs);
      await sleep(
        longest * (0.5 + Math.random() / 2),
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
      // Whatever came after its last look at what waits.
      if (waiting.length > 0 && performance.now() < giveUpAt) start();
    });
  };

  return {
    async write(event) {
      push(event);
      const mine = added;
      start();
      while (stored < mine && !isUnavailable) await tried.promise;
    },
    add(event) {
      push(event);
      if (!working) timer ??= setTimeout(start, gatherMs);
    },
    async close() {
      giveUpAt = performance.now() + closingMs;
      closing.abort();
      while (waiting.length > 0 && performance.now() < giveUpAt) {
        start();
        await working;
      }
      const count = waiting.length + lostCount;
      if (count > 0)
        log.error({ events: count }, 'events of the audit log were lost: its store did not come back');
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

/** About what it takes, in UTF-16 units. */
const lengthOf = ({ details }: AuditEvent): number =>
  Object.values(details).reduce<number>((sum, value) => sum + String(value).length, 500);

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'INTERNAL';
