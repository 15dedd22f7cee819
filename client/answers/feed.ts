import { type Held, nothingHeld } from './held.ts';

/** What the server made of a question: where the answer will be. */
export interface Started {
  readonly generationId: string;
  /** Null where the answer belongs to no conversation, as those to the REST routes don't. */
  readonly conversationId: string | null;
  readonly userMessageId: string | null;
  readonly assistantMessageId: string | null;
  /** The model that answers: another than was asked for where a fallback does. */
  readonly model: string;
}

/** All that is known of an answer at a moment. */
export interface Moment {
  readonly started: Started | null;
  readonly held: Held;
  /** Why nothing comes at the moment, while it is tried again; null while all is well. */
  readonly trouble: unknown;
  /** How it ended: well, where `error` is null. */
  readonly end: { readonly error: unknown } | null;
}

/**
 * What one follower writes and any number of readers read, each at its own pace. There is only the latest moment: a slow
 * reader finds more text in it, not more moments.
 */
export interface Feed {
  now(): Moment;
  write(change: Partial<Moment>): void;
  /** Resolves when there is another moment than `seen`. */
  after(seen: Moment): Promise<Moment>;
}

export const createFeed = (): Feed => {
  let moment: Moment = { started: null, held: nothingHeld, trouble: null, end: null };
  let change = Promise.withResolvers<void>();
  return {
    now: () => moment,
    write(next) {
      if (moment.end) return;
      moment = { ...moment, ...next };
      change.resolve();
      change = Promise.withResolvers();
    },
    async after(seen) {
      while (moment === seen) await change.promise;
      return moment;
    },
  };
};
