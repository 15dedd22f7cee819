import type { Logger } from 'pino';
import type { Viewer } from '../access/viewer.ts';
import type { Client } from '../accounts/authentication.ts';
import { Failure } from '../errors/failures.ts';
import type { AuditAction, AuditDetails, AuditEvent, AuditOutcome } from './auditEvent.ts';
import { createEventIds } from './eventIds.ts';
import { createRepeats } from './failureAggregator.ts';
import type { AuditStore } from './store/store.ts';
import { createAuditWriter } from './writer.ts';

/** Characters (UTF-16 units) of any text but a prompt or an answer. */
export const maxTextLength = 200;

/** An event as it is told: what is left out is null, `OK`, or once. */
export type Happening = Partial<Omit<AuditEvent, 'id' | 'at' | 'action'>> & { readonly action: AuditAction };

/** What somebody tries: how it went is written down with it. */
export interface Attempt<Result> {
  readonly action: AuditAction;
  readonly by: Actor;
  readonly target?: string | null;
  readonly targetId?: string | null;
  readonly details?: AuditDetails;
  /** What is known once it is done, beside or instead of what is given here. */
  readonly done?: (result: Result) => Partial<Happening>;
  /** What is known once it is refused. */
  readonly refused?: () => Promise<Partial<Happening>>;
}

/** Who, and from where. */
export type Actor = Pick<AuditEvent, 'userId' | 'username' | 'address' | 'requestId' | 'details'>;

/** Writes down what happens. Nothing here rejects or throws because of the audit log itself. */
export interface Audit {
  /** Resolves once it is stored, or, while the store is away, kept to be. */
  record(happening: Happening): Promise<void>;
  /** Soon: for what mustn't wait. */
  note(happening: Happening): void;
  /** As `note`, once it is known; null: nothing happened. Repeated refusals are written as one. */
  noteWhenKnown(happening: Promise<Happening | null>): void;
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

export interface AuditDeps {
  readonly store: AuditStore;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const createAudit = ({ store, clock, log }: AuditDeps): Audit => {
  const nextId = createEventIds();
  const recorded = new WeakSet<object>();
  const unknown = new Set<Promise<void>>();

  const eventOf = (happening: Happening): AuditEvent => ({ ...complete(happening), ...nextId(clock()) });

  const writer = createAuditWriter({
    store,
    log,
    lost: (count) => eventOf({ action: 'EVENTS_LOST', outcome: 'INTERNAL', count }),
  });
  const repeats = createRepeats({ emit: (event) => writer.add({ ...event, ...nextId(clock()) }) });

  const noteWhenKnown = (happening: Promise<Happening | null>) => {
    const noted = happening
      .then((known) => {
        const event = known && eventOf(known);
        const isRefusal = event !== null && event.outcome !== 'OK' && event.action !== 'GENERATION_ENDED';
        const fresh = isRefusal ? repeats.take(event) : event;
        if (fresh) writer.add(fresh);
      })
      .catch((error: unknown) => log.error({ err: error }, 'an event could not be told to the audit log'))
      .finally(() => unknown.delete(noted));
    unknown.add(noted);
  };

  /** Nobody waits for it: how long a refused sign-in takes must not tell whether there is such a user. */
  const noteRefusal = <Result>(attempt: Attempt<Result>, error: unknown) => {
    if (typeof error === 'object' && error !== null) recorded.add(error);
    const known = async () => ({
      // Where it can't be looked up now, less is known.
      ...happeningOf(attempt, await attempt.refused?.().catch(() => ({}))),
      outcome: outcomeOf(error),
    });
    noteWhenKnown(known());
  };

  const attempt =
    (tell: (event: AuditEvent) => Promise<void> | void): Audit['attempt'] =>
    async (given, act) => {
      let result: Awaited<ReturnType<typeof act>>;
      try {
        result = await act();
      } catch (error) {
        noteRefusal(given, error);
        throw error;
      }
      await tell(eventOf(happeningOf(given, given.done?.(result))));
      return result;
    };

  return {
    record: (happening) => writer.write(eventOf(happening)),
    note: (happening) => writer.add(eventOf(happening)),
    noteWhenKnown,

    attempt: attempt((event) => writer.write(event)),
    attemptSoon: attempt((event) => writer.add(event)),

    hasRecorded: (error) => typeof error === 'object' && error !== null && recorded.has(error),

    async close() {
      await Promise.all(unknown);
      repeats.close();
      await writer.close();
    },
  };
};

/** Somebody who is signed in. */
export const byViewer = ({ user, sessionId, apiKey, origin }: Viewer): Actor => ({
  userId: user.id,
  username: user.username,
  address: origin?.address ?? null,
  requestId: origin?.requestId ?? null,
  details: {
    ...(origin && { surface: origin.surface }),
    ...(sessionId !== null && { sessionId }),
    ...(apiKey && { apiKeyId: apiKey.id }),
  },
});

/** Somebody who isn't, or not yet. */
export const byClient = ({ address, requestId = null }: Client): Actor => ({
  userId: null,
  username: null,
  address,
  requestId,
  details: {},
});

const happeningOf = <Result>(attempt: Attempt<Result>, known: Partial<Happening> = {}): Happening => {
  const { action, by, target = null, targetId = null, details } = attempt;
  const all = { ...by.details, ...details, ...known.details };
  return { ...by, action, target, targetId, ...known, details: all };
};

const outcomeOf = (error: unknown): AuditOutcome => (error instanceof Failure ? error.code : 'INTERNAL');

const complete = (happening: Happening): Omit<AuditEvent, 'id' | 'at'> => ({
  action: happening.action,
  outcome: happening.outcome ?? 'OK',
  userId: oneLine(happening.userId),
  username: oneLine(happening.username),
  target: oneLine(happening.target),
  targetId: oneLine(happening.targetId),
  address: oneLine(happening.address),
  requestId: oneLine(happening.requestId),
  details: detailsOf(happening.details ?? {}),
  count: happening.count ?? 1,
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
