import type { Message } from '../../messages/message.ts';
import type { Generation } from '../generation.ts';

/** A text and its attempt. */
export interface StoredText {
  readonly attempt: number;
  readonly text: string;
}

/** Returns the stored text of an answer: its message's content, `''` outside of conversations. */
export const storedText = async (
  { ownerId, messageId, attempt }: Generation,
  find: (ownerId: string, id: string) => Promise<Message | null>,
): Promise<StoredText> => {
  const message = messageId === null ? null : await find(ownerId, messageId);
  return { attempt: message?.attempt ?? attempt, text: message?.content ?? '' };
};
