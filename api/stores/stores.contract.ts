import { ulid } from 'ulid';
import type { Conversation } from '../conversations/conversation.ts';
import { type Generation, queued } from '../generations/generation.ts';
import type { Message, NewMessage } from '../messages/message.ts';
import type { PageRequest } from '../paging/pages.ts';
import type { Stores } from './stores.ts';

/** Opens stores for one suite, which closes them. They may contain rows of other users. */
export type OpenStores = () => Promise<Stores>;

export const newId = (): string => ulid();

/** Returns a fixed time plus `ms` milliseconds, so that a store that rounds times fails the tests. */
export const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 2, 3) + ms);

export const newConversation = (given: Partial<Conversation> = {}): Conversation => ({
  id: newId(),
  ownerId: newId(),
  title: 'Untitled',
  autoTitled: false,
  model: null,
  systemPrompt: null,
  options: {},
  pinned: false,
  archived: false,
  tags: [],
  folderId: null,
  collectionIds: [],
  leafId: null,
  createdAt: at(1),
  updatedAt: at(2),
  ...given,
});

/** Returns a user's message at the root of the conversation, with the fields of `given`. */
export const newMessage = (
  { id: conversationId, ownerId }: Pick<Conversation, 'id' | 'ownerId'>,
  given: Partial<NewMessage> = {},
): NewMessage => ({
  id: newId(),
  conversationId,
  ownerId,
  parentId: null,
  role: 'USER',
  content: '',
  generationId: null,
  createdAt: at(3),
  ...given,
});

/** A generation in a conversation. */
type NewGeneration = Generation & { readonly conversationId: string; readonly messageId: string };

export const newGeneration = (
  { id: conversationId, ownerId }: Pick<Conversation, 'id' | 'ownerId'>,
  given: Partial<NewGeneration> = {},
): NewGeneration => ({
  ...queued({
    id: newId(),
    ownerId,
    conversationId,
    messageId: null,
    model: 'smollm2:135m',
    systemPrompt: null,
    prompt: null,
    options: {},
    format: null,
    idempotencyKey: null,
    createdAt: given.createdAt ?? at(4),
  }),
  conversationId,
  messageId: newId(),
  ...given,
});

/** Creates an active member. Returns the id. */
export const insertMember = async (stores: Stores): Promise<string> => {
  const id = newId();
  await stores.accounts.insertUser({
    id,
    username: `user-${id}`,
    role: 'MEMBER',
    status: 'ACTIVE',
    passwordHash: null,
    identity: null,
    createdAt: at(0),
  });
  return id;
};

/** Writes the message. Throws if the store rejects it. */
export async function write(stores: Stores, message: NewMessage): Promise<Message> {
  const written = await stores.messages.insert(message);
  if (written === null) throw new Error('the message was not written');
  return written;
}

export const forward = <Key>(size: number, after: Key | null = null, before: Key | null = null) =>
  ({ direction: 'forward', size, after, before }) satisfies PageRequest<Key>;

export const backward = <Key>(size: number, before: Key | null = null, after: Key | null = null) =>
  ({ direction: 'backward', size, after, before }) satisfies PageRequest<Key>;

/** Writes a generation and its answer with `content`, in a new conversation. */
export const writeGeneration = async (
  stores: Stores,
  given: Partial<NewGeneration> & Pick<Generation, 'ownerId'>,
  content = '',
): Promise<Generation> => {
  const { ownerId } = given;
  const conversation = newConversation({ ownerId });
  await stores.conversations.insert(conversation);
  const generation = newGeneration(conversation, given);
  const { id: generationId, messageId } = generation;
  await write(stores, newMessage(conversation, { id: messageId, role: 'ASSISTANT', content, generationId }));
  return stores.generations.insert(generation);
};
