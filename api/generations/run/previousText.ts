import type { MessageStore } from '../../messages/store.ts';
import type { Generation } from '../generation.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { GenerationStore } from '../store/store.ts';
import type { Piece } from './output/flush.ts';

/** What earlier attempts made of an answer. */
export interface Kept extends Piece {
  /** The text that the store has. */
  readonly stored: string;
}

/**
 * Reads what earlier attempts made, after it has kept them from writing any more of it to the store. `entry` is the
 * journal's: it has what was made since the last save. Null where a higher attempt has the generation.
 */
export const takeText = async (
  { generations, messages }: { readonly generations: GenerationStore; readonly messages: MessageStore },
  generation: Generation,
  entry: JournalEntry | null,
): Promise<Kept | null> => {
  const { id, ownerId, messageId, attempt } = generation;
  const message =
    messageId === null ? null : await messages.fence(ownerId, messageId, { generationId: id, attempt });
  if (messageId !== null && !message && !(await generations.transition(id, ['RUNNING'], {}, attempt))) {
    return null;
  }
  const stored = message?.content ?? '';
  const saved = { text: stored, thinking: generation.thinking ?? '' };
  return { ...newerOf(saved, message?.attempt ?? 0, entry), stored };
};

/** The one that goes on from the other; where neither does, the one of the higher attempt. */
const newerOf = (saved: Piece, savedBy: number, entry: JournalEntry | null): Piece => {
  if (!entry || goesOn(saved, entry)) return saved;
  const { attempt, text, thinking } = entry;
  return goesOn(entry, saved) || attempt >= savedBy ? { text, thinking } : saved;
};

const goesOn = (longer: Piece, shorter: Piece): boolean =>
  longer.text.startsWith(shorter.text) && longer.thinking.startsWith(shorter.thinking);
