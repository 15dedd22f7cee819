import { engineFailed, notFound } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import { type Generation, type GenerationStatus, isFinal } from '../generation.ts';
import { decodeCursor, encodeCursor, resumeFrom } from '../journal/cursor.ts';
import type { Journal, JournalDelta, JournalEntry } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { createInbox } from './inbox.ts';
import { storedText } from './storedText.ts';

/** One step of a generation, as a reader gets it. Offsets are in UTF-16 code units. */
export interface GenerationEvent {
  readonly offset: number;
  readonly delta: string;
  readonly cursor: number;
  readonly thinkingOffset: number;
  readonly thinkingDelta: string;
  readonly status: GenerationStatus;
  readonly attempt: number;
  readonly queuePosition: number | null;
  readonly generation: Generation;
}

export interface WatchDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
}

/** How long a reader waits for news before it looks into the store, in milliseconds: an end that no worker told. */
const quietMs = 30_000;

/**
 * Follows a generation from `after` (a cursor, 0 for the beginning) until it is final. The order makes it exact: listen,
 * then read, then send what is new by offset. Whatever is lost on the way, or does not follow on, is read again, and an
 * unavailable journal is waited for. Text and thinking belong to an attempt, whether the journal has them or the store:
 * within one they only grow, and when it goes up they are sent from their beginning. Each round of the loop waits for an
 * arrival, so the reader never reads without pause.
 * Throws `NOT_FOUND` where `ownerId` has no such generation.
 */
export async function* watchGeneration(
  deps: WatchDeps,
  request: { readonly ownerId: string; readonly id: string; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
  const { ownerId, id } = request;
  const inbox = createInbox();
  const stopListening = await retryWhileUnavailable(() => deps.journal.listen(id, inbox), signal);
  const stopQueue = deps.queue.onChange(() => lastPosition !== null && inbox.changed());
  let place = decodeCursor(request.after);
  let thinkingOffset = 0;
  /** The highest attempt that was sent; 0 before the first event. */
  let sentAttempt = 0;
  let lastPosition: number | null = null;
  let sentState = '';

  const find = () => retryWhileUnavailable(() => deps.generations.find(ownerId, id), signal);

  /** The event that brings the reader to `state`; null where the reader has all of it. */
  const advance = (state: WatchState): GenerationEvent | null => {
    const { attempt, status, text, thinking, position, generation } = state;
    // The store may be behind what the journal gave: then nothing is new until the generation is final.
    const isBehind =
      !isFinal(status) &&
      attempt === sentAttempt &&
      (text.length < place.offset || thinking.length < thinkingOffset);
    const offset = isBehind ? place.offset : resumeFrom(place, text, attempt);
    const canGoOn = isBehind || (place.attempt === attempt && thinkingOffset <= thinking.length);
    const thinkingFrom = canGoOn ? thinkingOffset : 0;
    const delta = isBehind ? '' : text.slice(offset);
    const thinkingDelta = isBehind ? '' : thinking.slice(thinkingFrom);
    const name = `${status} ${attempt} ${position}`;
    if (name === sentState && delta === '' && thinkingDelta === '') return null;
    sentState = name;
    sentAttempt = attempt;
    lastPosition = position;
    place = { attempt, offset: offset + delta.length };
    thinkingOffset = thinkingFrom + thinkingDelta.length;
    return {
      offset,
      delta,
      cursor: encodeCursor(place),
      thinkingOffset: thinkingFrom,
      thinkingDelta,
      status,
      attempt,
      queuePosition: position,
      generation: { ...generation, status, attempt },
    };
  };

  /** The part of a delta that the reader doesn't have; null where the delta doesn't follow on. */
  const newPartOf = (delta: JournalDelta): { readonly text: string; readonly thinking: string } | null => {
    const follows =
      delta.attempt === place.attempt &&
      delta.offset <= place.offset &&
      delta.thinkingOffset <= thinkingOffset;
    if (!follows) return null;
    return {
      text: delta.delta.slice(place.offset - delta.offset),
      thinking: delta.thinkingDelta.slice(thinkingOffset - delta.thinkingOffset),
    };
  };

  /** What journal and store have now; null where the generation was deleted. */
  const read = async (known: Generation): Promise<WatchState | null> => {
    const entry = await retryWhileUnavailable(() => deps.journal.read(id), signal);
    if (entry && entry.attempt >= sentAttempt) {
      // Where the store has the end, a crash left this entry. But outside of conversations it alone has the text.
      const hasEnded = isFinal(known.status) && entry.attempt <= known.attempt;
      if (!hasEnded || known.messageId === null) {
        const status = hasEnded ? known.status : entry.status;
        const isNews = isFinal(status) || entry.attempt !== known.attempt;
        const generation = (isNews && (await find())) || known;
        const isQueued = status === 'QUEUED';
        const position = isQueued ? await retryWhileUnavailable(() => deps.queue.position(id), signal) : null;
        return { ...entry, status, position, generation };
      }
    }
    const kept = await retryWhileUnavailable(() => readStored(deps, ownerId, id), signal);
    if (kept && isHandedOver(kept.generation))
      throw engineFailed('The answer was lost on its way. Ask again.');
    return kept;
  };

  try {
    let generation = await find();
    if (!generation) throw notFound('generation');
    for (;;) {
      signal.throwIfAborted();
      const state = await read(generation);
      if (!state) return;
      generation = state.generation;
      const event = advance(state);
      if (event) yield event;
      if (isFinal(state.status)) return;

      for (;;) {
        const arrival = await inbox.take(signal, quietMs);
        if (arrival.type === 'quiet') {
          generation = await find();
          if (!generation) return;
          break;
        }
        if (arrival.type === 'changed') break;
        const added = newPartOf(arrival.delta);
        if (!added) break;
        const { text, thinking } = added;
        if (text === '' && thinking === '') continue;
        const [offset, thinkingFrom] = [place.offset, thinkingOffset];
        place = { attempt: place.attempt, offset: offset + text.length };
        thinkingOffset += thinking.length;
        sentState = `RUNNING ${place.attempt} null`;
        lastPosition = null;
        yield {
          offset,
          delta: text,
          cursor: encodeCursor(place),
          thinkingOffset: thinkingFrom,
          thinkingDelta: thinking,
          status: 'RUNNING',
          attempt: place.attempt,
          queuePosition: null,
          generation: { ...generation, status: 'RUNNING', attempt: place.attempt },
        };
      }
    }
  } finally {
    stopQueue();
    await stopListening();
  }
}

/** What a generation has, from one place. */
interface WatchState extends JournalEntry {
  /** Its place in the queue; null unless it waits. */
  readonly position: number | null;
  readonly generation: Generation;
}

/** How many times generation and message are read while an attempt begins between the two. */
const maxReads = 5;

/** Reads a generation with its text from the store. Null where the owner has none. */
const readStored = async (
  { generations, messages }: WatchDeps,
  ownerId: string,
  id: string,
): Promise<WatchState | null> => {
  for (let reads = 1; ; reads += 1) {
    const generation = await generations.find(ownerId, id);
    if (!generation) return null;
    let isDeleted = false;
    const { attempt, text } = await storedText(generation, async (owner, messageId) => {
      const message = await messages.find(owner, messageId);
      isDeleted = message === null;
      return message;
    });
    // Its conversation was deleted between the two reads: an empty text would erase the one that the reader has.
    if (isDeleted) return null;
    // A text of a later attempt than the status is: read both again, so that an end comes with its own text.
    if (attempt > generation.attempt && reads < maxReads) continue;
    const { status } = generation;
    return { attempt, status, text, thinking: generation.thinking ?? '', position: null, generation };
  }
};

/** Whether its text was in the journal alone, and is no more. */
const isHandedOver = ({ messageId, status }: Generation): boolean =>
  messageId === null && status === 'COMPLETED';
