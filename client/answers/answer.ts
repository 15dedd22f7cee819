import { CancelGenerationDocument } from '../__generated__/graphql.ts';
import { ZiggieError } from '../errors.ts';
import { within } from '../transport/within.ts';
import { createFeed, type Started } from './feed.ts';
import { type AnswerDeps, followGeneration } from './follow.ts';
import { type AnswerEvent, readEvents, readText } from './readers.ts';
import { type AnswerResult, continueGeneration, fetchGeneration, resultOf } from './result.ts';

/** How often an answer that is interrupted again and again is taken up. */
const maxContinuations = 3;
/** How long the cancel of an aborted answer may take, in milliseconds. */
const maxCancelMs = 5_000;

/** How an answer is read. */
export interface ReadingOptions {
  /** Ends the answer: its loops and `result` reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What an abort does to the generation. Default `cancel`: it ends. `detach`: it goes on at the server. */
  readonly onAbort?: 'cancel' | 'detach';
  /** Whether an answer that a server's end interrupted is taken up again, three times at most. Default true. */
  readonly continueInterrupted?: boolean;
}

/**
 * An answer in the making. Loop over it for its text, piece by piece, each character once; over `events()` for all that
 * happens; or await `result`. Any number of loops may run, each gets all of it.
 *
 * Leaving the last loop early stops the reading, unless `result` was asked for: the generation belongs to the server and
 * goes on there; `client.follow` comes back to it.
 */
export interface Answer extends AsyncIterable<string> {
  events(): AsyncIterableIterator<AnswerEvent>;
  /** Resolves when the server has taken the question. */
  readonly started: Promise<Started>;
  /** Resolves to the stored answer. Rejects with a `ZiggieError`, or the reason of the signal. */
  readonly result: Promise<AnswerResult>;
  /** What has arrived so far. */
  readonly text: string;
  /** Ends the generation. What has arrived is kept, and `result` resolves to it. */
  cancel(): Promise<void>;
  /** Stops reading; the generation goes on at the server. */
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
        // What a loop throws by itself is its end too, not a reader who leaves.
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
  // Whoever reads a loop only is told there.
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
