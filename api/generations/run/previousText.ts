import type { MessageStore } from '../../messages/store.ts';
import type { AnswerText } from '../answerSource.ts';
import type { Generation } from '../generation.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { GenerationStore } from '../store/store.ts';

/** The text of earlier attempts at an answer. */
export interface PreviousText extends AnswerText {
  /** The text that the store has. */
  readonly stored: string;
}

export interface PreviousTextDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
}

/**
 * Fences earlier attempts out of the message, then returns their text. `entry` is the journal's: it has the text since
 * the last save. Null if a higher attempt has the generation.
 */
export const fencePreviousText = async (
  { generations, messages }: PreviousTextDeps,
  generation: Generation,
  entry: JournalEntry | null,
): Promise<PreviousText | null> => {
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

/** Returns the text that extends the other one; if neither does, the one of the higher attempt. */
const newerOf = (saved: AnswerText, savedAttempt: number, entry: JournalEntry | null): AnswerText => {
  if (!entry || isExtension(saved, entry)) return saved;
  const { attempt, text, thinking } = entry;
  return isExtension(entry, saved) || attempt >= savedAttempt ? { text, thinking } : saved;
};

const isExtension = (longer: AnswerText, shorter: AnswerText): boolean =>
  longer.text.startsWith(shorter.text) && longer.thinking.startsWith(shorter.thinking);
