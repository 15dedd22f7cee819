import type { Message } from '../messages/message.ts';
import type { Generation } from './generation.ts';

/** What the store has of an answer's text: its message's content. `''` outside of conversations. */
export const storedText = async (
  { ownerId, messageId }: Generation,
  find: (ownerId: string, id: string) => Promise<Message | null>,
): Promise<string> => (messageId === null ? '' : ((await find(ownerId, messageId))?.content ?? ''));
