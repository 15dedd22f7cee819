import { type Held, nothingHeld } from './held.ts';

/** The ids that the server created for a question. */
export interface Started {
  readonly generationId: string;
  /** Null if the answer belongs to no conversation, like answers of the REST routes. */
  readonly conversationId: string | null;
  readonly userMessageId: string | null;
  readonly assistantMessageId: string | null;
  /** The model that answers. Differs from the requested one if it is a fallback. */
  readonly model: string;
}

/** The state of an answer at one moment. */
export interface Moment {
  readonly started: Started | null;
  readonly held: Held;
  /** The failure that is being retried; null while the connection is healthy. */
  readonly trouble: unknown;
  /** The end of the answer; `error` is null on success. */
  readonly end: { readonly error: unknown } | null;
}

/**
 * A feed with one writer and any number of readers, each at its own pace. It keeps only the latest state: a slow reader
 * finds more text in it, not more states.
 */
export interface Feed {
  now(): Moment;
  write(change: Partial<Moment>): void;
  /** Resolves when the state is newer than `seen`. */
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
