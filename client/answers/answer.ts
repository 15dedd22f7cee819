import { CancelGenerationDocument } from '../__generated__/graphql.ts';
import { ZiggieError } from '../errors.ts';
import { within } from '../transport/within.ts';
import { createFeed, type Started } from './feed.ts';
import { type AnswerDeps, followGeneration } from './follow.ts';
import { type AnswerEvent, readEvents, readText } from './readers.ts';
import { type AnswerResult, continueGeneration, fetchGeneration, resultOf } from './result.ts';

/** The maximum number of times that an interrupted answer is continued. */
const maxContinuations = 3;
/** The time limit of the cancel of an aborted answer, in ms. */
const maxCancelMs = 5_000;

/** Options for reading an answer. */
export interface ReadingOptions {
  /** Aborts the answer: its loops and `result` reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The effect of an abort on the generation: `cancel` (default) ends it, `detach` lets it go on at the server. */
  readonly onAbort?: 'cancel' | 'detach';
  /** Whether to continue an answer that the end of a server interrupted, at most three times. Default true. */
  readonly continueInterrupted?: boolean;
}

/**
 * A running answer. Loop over it for its text in parts, each character once; loop over `events()` for all events; or await
 * `result`. Any number of loops may run, and each gets everything.
 *
 * Leaving the last loop early stops reading, unless `result` was read. The generation belongs to the server and goes on
 * there; `client.follow` returns to it.
 */
export interface Answer extends AsyncIterable<string> {
  events(): AsyncIterableIterator<AnswerEvent>;
  /** Resolves when the server has accepted the question. */
  readonly started: Promise<Started>;
  /** Resolves to the stored answer. Rejects with a `ZiggieError`, or the reason of the signal. */
  readonly result: Promise<AnswerResult>;
  /** The text received so far. */
  readonly text: string;
  /** Cancels the generation. The text so far is kept, and `result` resolves to it. */
  cancel(): Promise<void>;
  /** Stops reading. The generation continues on the server. */
  detach(): void;
}

export const createAnswer = (
  deps: AnswerDeps,
  begin: (signal: AbortSignal) => Promise<Started>,
  { signal, onAbort = 'cancel', continueInterrupted = true }: ReadingOptions,
): Answer => {
  const { request } = deps;
  const feed = createFeed();
  const reading = new AbortController();
  const until = AbortSignal.any([reading.signal, deps.closed]);
  let loops = 0;
  let isResultWanted = false;

  const cancel = async () => {
    const { generationId } = await started;
    await request(CancelGenerationDocument, { id: generationId });
  };

  const abort = async () => {
    if (onAbort === 'cancel') await within(maxCancelMs, 'The cancel', cancel).catch(() => {});
    reading.abort(signal?.reason);
  };

  const follow = async (): Promise<AnswerResult> => {
    const { generationId: id } = await started;
    for (let continued = 0; ; continued += 1) {
      await followGeneration(deps, id, feed, until);
      if (feed.now().held.status !== 'INTERRUPTED' || !continueInterrupted) break;
      if (continued === maxContinuations || !(await continueGeneration(deps, id, until))) break;
    }
    const generation = await fetchGeneration(deps, id, until);
    feed.write({ held: { ...feed.now().held, text: generation.text } });
    return resultOf(generation);
  };

  const run = async (): Promise<AnswerResult> => {
    try {
      const result = await follow();
      signal?.throwIfAborted();
      feed.write({ end: { error: null } });
      return result;
    } catch (error) {
      const told = signal?.aborted ? signal.reason : error;
      feed.write({ end: { error: told } });
      throw told;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };

  const detach = () =>
    reading.abort(new ZiggieError('DETACHED', 'Reading was left; the answer goes on at the server.'));

  async function* loop<Item>(read: AsyncGenerator<Item, void, undefined>) {
    loops += 1;
    let isOver = false;
    try {
      for (;;) {
        // A loop that throws has ended by itself; its reader did not leave.
        isOver = true;
        const step = await read.next();
        if (step.done) return;
        isOver = false;
        yield step.value;
      }
    } finally {
      loops -= 1;
      if (!isOver && loops === 0 && !isResultWanted) detach();
    }
  }

  if (signal?.aborted) reading.abort(signal.reason);
  else signal?.addEventListener('abort', abort, { once: true });
  const started = beginAt(begin, until, feed.write);
  const result = run();
  // A caller that only loops gets the error in its loop.
  result.catch(() => {});

  return {
    started,
    get result() {
      isResultWanted = true;
      return result;
    },
    get text() {
      return feed.now().held.text;
    },
    events: () => loop(readEvents(feed)),
    [Symbol.asyncIterator]: () => loop(readText(feed)),
    cancel,
    detach,
  };
};

const beginAt = (
  begin: (signal: AbortSignal) => Promise<Started>,
  signal: AbortSignal,
  write: (change: { readonly started: Started }) => void,
): Promise<Started> => {
  const started = (async () => {
    signal.throwIfAborted();
    const taken = await begin(signal);
    write({ started: taken });
    return taken;
  })();
  started.catch(() => {});
  return started;
};
