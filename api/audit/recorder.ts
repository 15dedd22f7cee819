import type { Logger } from 'pino';
import { Failure } from '../errors/failures.ts';
import { holdLimits } from '../holds/hold.ts';
import type { Actor } from './actor.ts';
import type { AuditAction, AuditDetails, AuditEvent, AuditOutcome } from './auditEvent.ts';
import { createEventIds } from './eventIds.ts';
import { createFailureAggregator } from './failureAggregator.ts';
import type { AuditStore } from './store/store.ts';
import { createAuditWriter } from './writer.ts';

/** The maximum length of a text other than a prompt or an answer, in UTF-16 units. */
export const maxTextLength = 200;

/** The maximum lengths of details that prove more than `maxTextLength` holds, in UTF-16 units. */
const detailLengths: Readonly<Record<string, number>> = {
  /** A batch of expired conversations: 100 ids of up to 36 units, each with a space. */
  conversationIds: 100 * 37,
  reason: holdLimits.reason,
};

/** An event to record. Absent fields are null; the outcome defaults to `OK` and the count to 1. */
export type EventDraft = Partial<Omit<AuditEvent, 'id' | 'at' | 'action'>> & { readonly action: AuditAction };

/** An attempted action, recorded with its outcome. */
export interface Attempt<Result> {
  readonly action: AuditAction;
  readonly actor: Actor;
  readonly target?: string | null;
  readonly targetId?: string | null;
  readonly details?: AuditDetails;
  /** Returns fields that are known after success; they override the given ones. */
  readonly onSuccess?: (result: Result) => Partial<EventDraft>;
  /** Returns fields that are known after a failure. */
  readonly onFailure?: () => Promise<Partial<EventDraft>>;
}

/** Records audit events. An unavailable audit store makes no method but `recordStored` reject or throw. */
export interface AuditRecorder {
  /** Resolves when the event is stored, or buffered while the store is unavailable. */
  record(draft: EventDraft): Promise<void>;
  /**
   * Resolves when the event is stored. Rejects while the store is unavailable: then the caller must not act. The event may
   * be stored later nevertheless.
   */
  recordStored(draft: EventDraft): Promise<void>;
  /** Records in the background, for callers that mustn't wait. */
  recordSoon(draft: EventDraft): void;
  /** Records in the background when the promise resolves; null records nothing. Aggregates repeated failures. */
  recordWhenKnown(draft: Promise<EventDraft | null>): void;
  /**
   * Runs `act` and records its success, or in the background its failure. Rethrows errors of `act`. Aggregates repeated
   * failures.
   */
  attempt<Result>(attempt: Attempt<Result>, act: () => Promise<Result>): Promise<Result>;
  /** Like `attempt`, but records success in the background too. */
  attemptSoon<Result>(attempt: Attempt<Result>, act: () => Promise<Result>): Promise<Result>;
  /** Whether `attempt` recorded this error. */
  hasRecorded(error: unknown): boolean;
  /** Writes the buffered events. */
  close(): Promise<void>;
}

export interface AuditRecorderDeps {
  readonly store: AuditStore;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const createAuditRecorder = ({ store, clock, log }: AuditRecorderDeps): AuditRecorder => {
  const nextId = createEventIds();
  const recorded = new WeakSet<object>();
  const unknown = new Set<Promise<void>>();

  const eventOf = (draft: EventDraft): AuditEvent => ({ ...complete(draft), ...nextId(clock()) });

  const writer = createAuditWriter({
    store,
    log,
    lost: (count) => eventOf({ action: 'EVENTS_LOST', outcome: 'INTERNAL', count }),
  });
  const aggregator = createFailureAggregator({
    emit: (event) => writer.add({ ...event, ...nextId(clock()) }),
  });

  const recordWhenKnown = (draft: Promise<EventDraft | null>) => {
    const noted = draft
      .then((known) => {
        const event = known && eventOf(known);
        const isRefusal = event !== null && event.outcome !== 'OK' && event.action !== 'GENERATION_ENDED';
        const fresh = isRefusal ? aggregator.add(event) : event;
        if (fresh) writer.add(fresh);
      })
      .catch((error: unknown) => log.error({ err: error }, 'audit: event not recorded'))
      .finally(() => unknown.delete(noted));
    unknown.add(noted);
  };

  /** Runs in the background: the duration of a failed sign-in must not reveal whether the user exists. */
  const recordFailure = <Result>(attempt: Attempt<Result>, error: unknown) => {
    if (typeof error === 'object' && error !== null) recorded.add(error);
    const known = async () => ({
      // If the lookup fails, the event has fewer fields.
      ...draftOf(attempt, await attempt.onFailure?.().catch(() => ({}))),
      outcome: outcomeOf(error),
    });
    recordWhenKnown(known());
  };

  const attempt =
    (write: (event: AuditEvent) => Promise<void> | void): AuditRecorder['attempt'] =>
    async (given, act) => {
      let result: Awaited<ReturnType<typeof act>>;
      try {
        result = await act();
      } catch (error) {
        recordFailure(given, error);
        throw error;
      }
      await write(eventOf(draftOf(given, given.onSuccess?.(result))));
      return result;
    };

  return {
    record: (draft) => writer.write(eventOf(draft)),
    recordStored: (draft) => writer.writeStored(eventOf(draft)),
    recordSoon: (draft) => writer.add(eventOf(draft)),
    recordWhenKnown,

    attempt: attempt((event) => writer.write(event)),
    attemptSoon: attempt((event) => writer.add(event)),

    hasRecorded: (error) => typeof error === 'object' && error !== null && recorded.has(error),

    async close() {
      await Promise.all(unknown);
      aggregator.close();
      await writer.close();
    },
  };
};

const draftOf = <Result>(attempt: Attempt<Result>, known: Partial<EventDraft> = {}): EventDraft => {
  const { action, actor, target = null, targetId = null, details } = attempt;
  const all = { ...actor.details, ...details, ...known.details };
  return { ...actor, action, target, targetId, ...known, details: all };
};

const outcomeOf = (error: unknown): AuditOutcome => (error instanceof Failure ? error.code : 'INTERNAL');

const complete = (draft: EventDraft): Omit<AuditEvent, 'id' | 'at'> => ({
  action: draft.action,
  outcome: draft.outcome ?? 'OK',
  userId: oneLine(draft.userId),
  username: oneLine(draft.username),
  target: oneLine(draft.target),
  targetId: oneLine(draft.targetId),
  address: oneLine(draft.address),
  requestId: oneLine(draft.requestId),
  details: detailsOf(draft.details ?? {}),
  count: draft.count ?? 1,
});

/** Truncates a text and replaces control characters and lone surrogates, which a store would not return unchanged. */
const oneLine = (text: string | null | undefined, maxLength = maxTextLength): string | null =>
  text === null || text === undefined
    ? null
    : text
        .slice(0, maxLength)
        .toWellFormed()
        .replaceAll(/\p{Cc}/gu, ' ');

/** Sanitizes details, except for prompts and answers, which `DescribeContent` has truncated. */
const detailsOf = (details: AuditDetails): AuditDetails =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const isContent = name === 'prompt' || name === 'answer';
      return [name, typeof value === 'string' && !isContent ? oneLine(value, detailLengths[name]) : value];
    }),
  );
