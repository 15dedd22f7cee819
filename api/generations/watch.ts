import { engineFailed, notFound } from '../failures.ts';
import type { MessageStore } from '../messages/store.ts';
import { patiently } from '../realtime/patiently.ts';
import { decodePlace, encodePlace, resumeFrom } from './cursor.ts';
import { type Generation, type GenerationStatus, isFinal } from './generation.ts';
import { createInbox } from './inbox.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { Queue } from './queue.ts';
import type { GenerationStore } from './store.ts';
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

/**
 * Follows a generation from `after` (a cursor, 0 for the beginning) until it is final. The order is what makes it exact:
 * listen, then read, then send what is new by offset. Whatever is lost on the way, or does not follow on, is read again,
 * and a journal that went away is waited for.
 * Throws `NOT_FOUND` where `ownerId` has no such generation.
 */
export async function* watchGeneration(
  deps: WatchDeps,
  request: { readonly ownerId: string; readonly id: string; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
  const { ownerId, id } = request;
  const inbox = createInbox();
  const stopListening = await patiently(() => deps.journal.listen(id, inbox), signal);
  const stopQueue = deps.queue.onChange(() => lastPosition !== null && inbox.changed());
  let place = decodePlace(request.after);
  let thinkingOffset = 0;
  let lastPosition: number | null = null;
  let known = '';

  const advance = (generation: Generation, entry: JournalEntry, position: number | null): GenerationEvent => {
    const { attempt, status, text, thinking } = entry;
    const offset = resumeFrom(place, text, attempt);
    const thinkingFrom = place.attempt === attempt && thinkingOffset <= thinking.length ? thinkingOffset : 0;
    place = { attempt, offset: text.length };
    thinkingOffset = thinking.length;
    return {
      offset,
      delta: text.slice(offset),
      cursor: encodePlace(place),
      thinkingOffset: thinkingFrom,
      thinkingDelta: thinking.slice(thinkingFrom),
      status,
      attempt,
      queuePosition: position,
      generation: { ...generation, status, attempt },
    };
  };

  // Readers outlast an outage of the store as they outlast one of the journal.
  const findGeneration = () => patiently(() => deps.generations.find(ownerId, id), signal);
  const findMessage = (owner: string, message: string) => deps.messages.find(owner, message);

  try {
    let generation = await findGeneration();
    if (!generation) throw notFound('generation');
    for (;;) {
      signal.throwIfAborted();
      const entry = await patiently(() => deps.journal.read(id), signal);
      if (entry) {
        if (isFinal(entry.status)) generation = (await findGeneration()) ?? generation;
        const isQueued = entry.status === 'QUEUED';
        lastPosition = isQueued ? await patiently(() => deps.queue.position(id), signal) : null;
        const event = advance(generation, entry, lastPosition);
        const now = `${event.status} ${event.attempt} ${lastPosition}`;
        if (now !== known || event.delta !== '' || event.thinkingDelta !== '') yield event;
        known = now;
        if (isFinal(entry.status)) return;
      } else {
        generation = await findGeneration();
        if (!generation) return;
        const found = generation;
        if (isHandedOver(generation)) throw engineFailed('The answer was lost on its way. Ask again.');
        const text = await patiently(() => storedText(found, findMessage), signal);
        yield advance(generation, stored(generation, text), null);
        if (isFinal(generation.status)) return;
      }

      for (;;) {
        const arrival = await inbox.take(signal);
        if (arrival.type !== 'delta') break;
        const { delta } = arrival;
        const follows =
          delta.attempt === place.attempt &&
          delta.offset <= place.offset &&
          delta.thinkingOffset <= thinkingOffset;
        if (!follows) break;
        const text = delta.delta.slice(place.offset - delta.offset);
        const thinking = delta.thinkingDelta.slice(thinkingOffset - delta.thinkingOffset);
        if (text === '' && thinking === '') continue;
        const offset = place.offset;
        const thinkingFrom = thinkingOffset;
        place = { attempt: place.attempt, offset: offset + text.length };
        thinkingOffset += thinking.length;
        known = `RUNNING ${place.attempt} null`;
        lastPosition = null;
        yield {
          offset,
          delta: text,
          cursor: encodePlace(place),
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

/** Whether its text was in the journal alone, and is no more. */
const isHandedOver = ({ messageId, status }: Generation): boolean =>
  messageId === null && status === 'COMPLETED';

const stored = (generation: Generation, text: string): JournalEntry => ({
  attempt: generation.attempt,
  status: generation.status,
  text,
  thinking: generation.thinking ?? '',
});
