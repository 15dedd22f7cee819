import { engineFailed, notFound } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import { type Generation, type GenerationStatus, isFinal } from '../generation.ts';
import { decodeCursor, encodeCursor, resumeOffset } from '../journal/cursor.ts';
import type { Journal, JournalDelta, JournalEntry } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { createInbox } from './inbox.ts';
import { storedText } from './storedText.ts';

/** One event of a generation, as a reader gets it. Offsets are in UTF-16 code units. */
export interface GenerationEvent {
  readonly offset: number;
  readonly delta: string;
  readonly cursor: number;
  readonly thinkingOffset: number;
  readonly thinkingDelta: string;
  readonly status: GenerationStatus;
  readonly attempt: number;
  readonly queuePosition: number | null;
  /** The same object as in the event before, unless it has changed. */
  readonly generation: Generation;
}

/**
 * Sends an event that arrives while the reader waits for the next one, without the layers between the generator and its
 * reader. Returns false if it can't be sent now; then the generator yields it. `whole` is the delta that the event shows, if
 * it shows all of it: such events of different readers differ in nothing but their generation.
 */
export type SendEvent = (event: GenerationEvent, whole: JournalDelta | null) => boolean;

export interface WatchDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
}

/** The time without events after which a reader checks the store, in ms: the end may have been stored without an event. */
const checkStoreAfterMs = 30_000;

/**
 * Follows a generation from `after` (a cursor, 0 for the beginning) until it is final. The order makes it exact: subscribe
 * first, then read, then send what is new by offset. After a lost or out-of-order delta it reads again, and while the
 * journal is unavailable it retries. Text and thinking belong to an attempt, whether they come from the journal or the
 * store: within an attempt they only grow, and a higher attempt is sent from its beginning. Each round of the loop waits
 * for an arrival, so it never spins. Throws `NOT_FOUND` if `ownerId` has no such generation.
 *
 * With `send`, most events are sent by it and not yielded.
 */
export async function* watchGeneration(
  deps: WatchDeps,
  request: { readonly ownerId: string; readonly id: string; readonly after: number },
  signal: AbortSignal,
  send: SendEvent | null = null,
): AsyncGenerator<GenerationEvent, void, undefined> {
  const { ownerId, id } = request;
  const inbox = createInbox(signal, checkStoreAfterMs, (delta) => sendNow(delta));
  const stopListening = await retryWhileUnavailable(() => deps.journal.listen(id, inbox), signal).catch(
    (error: unknown) => {
      inbox.close();
      throw error;
    },
  );
  const stopQueue = deps.queue.onChange(() => lastPosition !== null && inbox.changed());
  let cursor = decodeCursor(request.after);
  let thinkingOffset = 0;
  /** The attempt of the last event; 0 before the first one. */
  let sentAttempt = 0;
  let lastPosition: number | null = null;
  let sentState = '';
  let generation: Generation | null = null;

  /** The generation as the last event had it: the same object while it is the same, so that readers know that. */
  let shown: { readonly from: Generation; readonly as: Generation } | null = null;
  const withState = (from: Generation, status: GenerationStatus, attempt: number): Generation => {
    if (shown?.from !== from || shown.as.status !== status || shown.as.attempt !== attempt) {
      shown = { from, as: { ...from, status, attempt } };
    }
    return shown.as;
  };

  const find = () => retryWhileUnavailable(() => deps.generations.find(ownerId, id), signal);

  /** Returns the event that brings the reader to `state`; null if the reader has all of it. */
  const advanceTo = (state: WatchState): GenerationEvent | null => {
    const { attempt, status, text, thinking, position, generation } = state;
    // The store may lag behind the journal. Then there is nothing to send until the generation is final.
    const isBehind =
      !isFinal(status) &&
      attempt === sentAttempt &&
      (text.length < cursor.offset || thinking.length < thinkingOffset);
    const offset = isBehind ? cursor.offset : resumeOffset(cursor, text, attempt);
    const canResume = isBehind || (cursor.attempt === attempt && thinkingOffset <= thinking.length);
    const thinkingFrom = canResume ? thinkingOffset : 0;
    const delta = isBehind ? '' : text.slice(offset);
    const thinkingDelta = isBehind ? '' : thinking.slice(thinkingFrom);
    const stateKey = `${status} ${attempt} ${position}${callsKeyOf(generation)}`;
    if (stateKey === sentState && delta === '' && thinkingDelta === '') return null;
    sentState = stateKey;
    sentAttempt = attempt;
    lastPosition = position;
    cursor = { attempt, offset: offset + delta.length };
    thinkingOffset = thinkingFrom + thinkingDelta.length;
    return {
      offset,
      delta,
      cursor: encodeCursor(cursor),
      thinkingOffset: thinkingFrom,
      thinkingDelta,
      status,
      attempt,
      queuePosition: position,
      generation: withState(generation, status, attempt),
    };
  };

  /** Returns the part of a delta that the reader doesn't have; null if there is a gap before it. */
  const newPartOf = (delta: JournalDelta): { readonly text: string; readonly thinking: string } | null => {
    const follows =
      delta.attempt === cursor.attempt &&
      delta.offset <= cursor.offset &&
      delta.thinkingOffset <= thinkingOffset;
    if (!follows) return null;
    return {
      text: delta.delta.slice(cursor.offset - delta.offset),
      thinking: delta.thinkingDelta.slice(thinkingOffset - delta.thinkingOffset),
    };
  };

  /** Returns the event that adds a text and a thinking text to what the reader has. */
  const eventOf = (known: Generation, text: string, thinking: string): GenerationEvent => {
    const { attempt, offset } = cursor;
    return {
      offset,
      delta: text,
      cursor: encodeCursor({ attempt, offset: offset + text.length }),
      thinkingOffset,
      thinkingDelta: thinking,
      status: 'RUNNING',
      attempt,
      queuePosition: null,
      generation: withState(known, 'RUNNING', attempt),
    };
  };

  /** Notes that the reader gets an event of `eventOf`. */
  const advanceBy = ({ attempt, offset, delta, thinkingDelta }: GenerationEvent) => {
    cursor = { attempt, offset: offset + delta.length };
    thinkingOffset += thinkingDelta.length;
    sentState = `RUNNING ${attempt} null${generation ? callsKeyOf(generation) : ''}`;
    lastPosition = null;
  };

  /** Sends the new part of a delta by `send`. Returns false if the generator has to yield it. */
  const sendNow = (delta: JournalDelta): boolean => {
    if (send === null || generation === null) return false;
    const added = newPartOf(delta);
    if (!added) return false;
    const { text, thinking } = added;
    if (text === '' && thinking === '') return true;
    // An empty part says nothing about its offset.
    const isWhole = delta.offset === cursor.offset && delta.thinkingOffset === thinkingOffset;
    const event = eventOf(generation, text, thinking);
    try {
      if (!send(event, isWhole ? delta : null)) return false;
    } catch {
      // The journal's writer must not get the error. Yielded, the event fails in its reader.
      return false;
    }
    advanceBy(event);
    return true;
  };

  /** Reads the current state from journal and store; null if the generation was deleted. */
  const read = async (known: Generation): Promise<WatchState | null> => {
    const entry = await retryWhileUnavailable(() => deps.journal.read(id), signal);
    if (entry && entry.attempt >= sentAttempt) {
      // If the store has the end, a crash left this entry. But outside of conversations only the entry has the text.
      const hasEnded = isFinal(known.status) && entry.attempt <= known.attempt;
      if (!hasEnded || known.messageId === null) {
        const status = hasEnded ? known.status : entry.status;
        const isOutdated = isFinal(status) || entry.attempt !== known.attempt || known.toolUse !== undefined;
        const generation = (isOutdated && (await find())) || known;
        const isQueued = status === 'QUEUED';
        const position = isQueued ? await retryWhileUnavailable(() => deps.queue.position(id), signal) : null;
        return { ...entry, status, position, generation };
      }
    }
    const stored = await retryWhileUnavailable(() => readStored(deps, ownerId, id), signal);
    if (stored && isTextLost(stored.generation)) {
      throw engineFailed('The answer is no longer available. Send the request again.');
    }
    return stored;
  };

  try {
    generation = await find();
    if (!generation) throw notFound('generation');
    for (;;) {
      signal.throwIfAborted();
      const state: WatchState | null = await read(generation);
      if (!state) return;
      generation = state.generation;
      const event = advanceTo(state);
      if (event) yield event;
      if (isFinal(state.status)) return;

      for (;;) {
        const arrival = await inbox.take();
        if (arrival.type === 'timeout') {
          generation = await find();
          if (!generation) return;
          break;
        }
        if (arrival.type === 'changed') break;
        const added = newPartOf(arrival.delta);
        if (!added) break;
        const { text, thinking } = added;
        if (text === '' && thinking === '') continue;
        const next = eventOf(generation, text, thinking);
        advanceBy(next);
        yield next;
      }
    }
  } finally {
    inbox.close();
    stopQueue();
    await stopListening();
  }
}

/** Returns a text that differs after each change to the calls of tools; empty without tools. */
const callsKeyOf = ({ toolUse }: Generation): string =>
  toolUse ? ` ${toolUse.calls.map(({ state }) => state)}` : '';

/** The state of a generation, read from either the journal or the store. */
interface WatchState extends JournalEntry {
  /** The position in the queue; null unless it is queued. */
  readonly position: number | null;
  readonly generation: Generation;
}

/** The maximum number of reads of generation and message, if a new attempt begins between the two. */
const maxReads = 5;

/** Reads a generation with its text from the store. Null if the owner has no such generation. */
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
    // The conversation was deleted between the two reads: an empty text would erase the reader's text.
    if (isDeleted) return null;
    // The text is of a later attempt than the status: read both again, so that an end is sent with its own text.
    if (attempt > generation.attempt && reads < maxReads) continue;
    const { status } = generation;
    return { attempt, status, text, thinking: generation.thinking ?? '', position: null, generation };
  }
};

/** Whether the text was only in the journal, and has been removed. */
const isTextLost = ({ messageId, status }: Generation): boolean =>
  messageId === null && status === 'COMPLETED';
