import type { GenerationStatus } from '../__generated__/graphql.ts';
import { ZiggieError } from '../errors.ts';
import type { Feed, Moment, Started } from './feed.ts';

/** An event of an answer. Offsets are in UTF-16 code units. */
export type AnswerEvent =
  | ({ readonly type: 'started' } & Started)
  | {
      readonly type: 'status';
      readonly status: GenerationStatus;
      /** Starts at 1, and increases when the answer is continued or restarted. */
      readonly attempt: number;
      /** Its position in the queue, 1 is next; null if it isn't queued. */
      readonly queuePosition: number | null;
    }
  | {
      /**
       * Cut the held text at `offset`, then append `delta`. `offset` is the end of the held text, unless the answer was
       * restarted and differs from there on.
       */
      readonly type: 'text' | 'thinking';
      readonly offset: number;
      readonly delta: string;
      readonly attempt: number;
    }
  | { readonly type: 'connection'; readonly state: 'lost'; readonly error: unknown }
  | { readonly type: 'connection'; readonly state: 'restored' };

/** Returns the events between two states, in order. */
export function* eventsBetween(seen: Moment | null, now: Moment): Generator<AnswerEvent, void, undefined> {
  if (now.started && !seen?.started) yield { type: 'started', ...now.started };
  if (now.trouble && !seen?.trouble) yield { type: 'connection', state: 'lost', error: now.trouble };
  if (!now.trouble && seen?.trouble) yield { type: 'connection', state: 'restored' };
  const { status, attempt, queuePosition } = now.held;
  const was = seen?.held;
  const isNews = was?.status !== status || was.attempt !== attempt || was.queuePosition !== queuePosition;
  // A final status follows the whole text.
  const isEnd = status !== 'QUEUED' && status !== 'RUNNING';
  if (status && isNews && !isEnd) yield { type: 'status', status, attempt, queuePosition };
  for (const type of ['thinking', 'text'] as const) {
    const next = now.held[type];
    const offset = commonLength(was?.[type] ?? '', next);
    if (offset < next.length || offset < (was?.[type].length ?? 0)) {
      yield { type, offset, delta: next.slice(offset), attempt };
    }
  }
  if (status && isNews && isEnd) yield { type: 'status', status, attempt, queuePosition };
}

/** Yields each event as it arrives. Throws the error of an answer that failed. */
export async function* readEvents(feed: Feed): AsyncGenerator<AnswerEvent, void, undefined> {
  let seen: Moment | null = null;
  for (let now = feed.now(); ; now = await feed.after(now)) {
    yield* eventsBetween(seen, now);
    if (now.end) return finish(now.end);
    seen = now;
  }
}

/**
 * Yields the text in parts, each character once: a restarted answer that repeats its text is not yielded twice. Throws
 * `RESTARTED` if the restarted answer differs from what was yielded.
 */
export async function* readText(feed: Feed): AsyncGenerator<string, void, undefined> {
  let given = '';
  for (let now = feed.now(); ; now = await feed.after(now)) {
    const { text } = now.held;
    if (text.startsWith(given)) {
      if (text.length > given.length) yield text.slice(given.length);
      given = text;
    } else if (!given.startsWith(text) || isWhole(now)) {
      throw new ZiggieError(
        'RESTARTED',
        'The answer was begun again, and says something else than what was read. Take `result` for all of it, or read `events()`.',
      );
    }
    if (now.end) return finish(now.end);
  }
}

/** The text ended without an error, and is shorter than what was yielded. */
const isWhole = ({ end }: Moment): boolean => end !== null && end.error === null;

const finish = ({ error }: NonNullable<Moment['end']>): void => {
  if (error !== null) throw error;
};

/** Returns the length of the common prefix of two texts, in UTF-16 code units. Usually one continues the other. */
const commonLength = (one: string, other: string): number => {
  if (other.startsWith(one)) return one.length;
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
};
