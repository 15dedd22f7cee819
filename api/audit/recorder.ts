import type { Logger } from 'pino';
import { Failure } from '../errors/failures.ts';
import type { Actor } from './actor.ts';
import type { AuditAction, AuditDetails, AuditEvent, AuditOutcome } from './auditEvent.ts';
import { createEventIds } from './eventIds.ts';
import { createFailureAggregator } from './failureAggregator.ts';
import type { AuditStore } from './store/store.ts';
import { createAuditWriter } from './writer.ts';

/** Characters (UTF-16 units) of any text but a prompt or an answer. */
export const maxTextLength = 200;

/** An event as it is told: what is left out is null, `OK`, or once. */
export type EventDraft = Partial<Omit<AuditEvent, 'id' | 'at' | 'action'>> & { readonly action: AuditAction };

/** What somebody tries: how it went is written down with it. */
export interface Attempt<Result> {
  readonly action: AuditAction;
  readonly actor: Actor;
  readonly target?: string | null;
  readonly targetId?: string | null;
  readonly details?: AuditDetails;
  /** What is known once it is done, beside or instead of what is given here. */
  readonly onSuccess?: (result: Result) => Partial<EventDraft>;
  /** What is known once it is refused. */
  readonly onFailure?: () => Promise<Partial<EventDraft>>;
}

/** Writes down what happens. Nothing here rejects or throws because of the audit log itself. */
export interface AuditRecorder {
  /** Resolves once it is stored, or, while the store is away, kept to be. */
  record(draft: EventDraft): Promise<void>;
  /** Soon: for what mustn't wait. */
  recordSoon(draft: EventDraft): void;
  /** As `recordSoon`, once it is known; null: nothing happened. Repeated refusals are written as one. */
  recordWhenKnown(draft: Promise<EventDraft | null>): void;
  /**
   * Does it, and writes down that it was done, or, soon, what refused it. Throws what it throws. Repeated refusals are
   * written as one.
   */
  attempt<Result>(attempt: Attempt<Result>, act: () => Promise<Result>): Promise<Result>;
  /** The same for what mustn't wait: that it was done is written soon, too. */
  attemptSoon<Result>(attempt: Attempt<Result>, act: () => Promise<Result>): Promise<Result>;
  /** Whether this very error was written down by `attempt`. */
  hasRecorded(error: unknown): boolean;
  /** Writes what is left. */
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
      .catch((error: unknown) => log.error({ err: error }, 'an event could not be told to the audit log'))
      .finally(() => unknown.delete(noted));
    unknown.add(noted);
  };

  /** Nobody waits for it: how long a refused sign-in takes must not tell whether there is such a user. */
  const recordFailure = <Result>(attempt: Attempt<Result>, error: unknown) => {
    if (typeof error === 'object' && error !== null) recorded.add(error);
    const known = async () => ({
      // Where it can't be looked up now, less is known.
      ...draftOf(attempt, await attempt.onFailure?.().catch(() => ({}))),
      outcome: outcomeOf(error),
    });
    recordWhenKnown(known());
  };

  const attempt =
    (tell: (event: AuditEvent) => Promise<void> | void): AuditRecorder['attempt'] =>
    async (given, act) => {
      let result: Awaited<ReturnType<typeof act>>;
      try {
        result = await act();
      } catch (error) {
        recordFailure(given, error);
        throw error;
      }
      await tell(eventOf(draftOf(given, given.onSuccess?.(result))));
      return result;
    };

  return {
    record: (draft) => writer.write(eventOf(draft)),
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

/** On one line, not without end, and the same after a store has had it: half a surrogate pair would not be. */
const oneLine = (text: string | null | undefined): string | null =>
  text === null || text === undefined
    ? null
    : text
        .slice(0, maxTextLength)
        .toWellFormed()
        .replaceAll(/\p{Cc}/gu, ' ');

/** Prompts and answers are cut where they are described, and stay as they are. */
const detailsOf = (details: AuditDetails): AuditDetails =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const isContent = name === 'prompt' || name === 'answer';
      return [name, typeof value === 'string' && !isContent ? oneLine(value) : value];
    }),
  );
