import { pino } from 'pino';
import type { Viewer } from '../access/viewer.ts';
import { newAttachment, sha256Of } from '../attachments/attachments.testing.ts';
import { createAttachmentCleanup } from '../attachments/cleanup.ts';
import { passageTerms } from '../attachments/passages/terms.ts';
import { createIds } from '../process/ids.ts';
import { createKeyedLimit } from '../process/keyedLimit.ts';
import { at, newConversation, newId } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { DocumentCollection } from './collection.ts';
import { createDocumentCollections } from './service.ts';

export const newCollection = (given: Partial<DocumentCollection> = {}): DocumentCollection => ({
  id: newId(),
  ownerId: newId(),
  name: 'Handbooks',
  description: null,
  isShared: false,
  createdAt: at(1),
  ...given,
});

/** Inserts a document that has `text` as its text, its only passage, its terms and its vector. */
export const insertDocument = async (
  stores: Stores,
  given: { readonly ownerId: string; readonly collectionId?: string | null },
  text: string,
) => {
  const sha256 = sha256Of(text);
  const fileKey = await stores.attachmentFiles.write(
    { ownerId: given.ownerId, id: newId(), sha256 },
    Buffer.from(text),
  );
  const attachment = newAttachment({ ...given, sha256, fileKey, preview: text, name: `${text}.txt` });
  const { ownerId, id } = attachment;
  await stores.attachments.insert(attachment, text);
  const place = { number: 0, start: 0, end: text.length, page: null, heading: text };
  await stores.passages.insert(ownerId, id, [{ ...place, terms: passageTerms(text) }]);
  await stores.passages.begin(ownerId, id, 'm');
  const vector = new Float32Array(new Uint8Array(Buffer.from(text.padEnd(8).slice(0, 8))).buffer);
  await stores.passages.embed(ownerId, id, 'm', [{ number: 0, vector }]);
  return { ...attachment, vector };
};

/**
 * Creates a collection with a document, both named by `word`, and a conversation of another user and a folder of the owner that
 * chose it. Returns a function that deletes the collection through the service.
 */
export const chosenCollection = async (stores: Stores, word: string) => {
  const collection = newCollection({ name: word, description: word, isShared: true });
  const { id, ownerId } = collection;
  await stores.collections.insert(collection, 10);
  const document = await insertDocument(stores, { ownerId, collectionId: id }, word);
  const chosen = [newId(), id];
  const conversation = newConversation({ collectionIds: chosen });
  await stores.conversations.insert(conversation);
  const folder = {
    id: newId(),
    ownerId,
    name: 'Work',
    systemPrompt: null,
    collectionIds: [id],
    createdAt: at(1),
  };
  await stores.folders.insert(folder, 10);
  const log = pino({ level: 'silent' });
  const clock = () => at(5);
  const service = createDocumentCollections({
    store: stores.collections,
    attachments: stores.attachments,
    cleanup: createAttachmentCleanup({
      attachments: stores.attachments,
      files: stores.attachmentFiles,
      fileChanges: createKeyedLimit(1),
      isHeld: async () => false,
      isUser: async () => true,
      clock,
      log,
    }),
    storageQuotas: { withReservation: (_user, _bytes, write) => write(), checkRate: async () => {} },
    checkDeletable: async () => {},
    ids: createIds(),
    clock,
  });
  const user = {
    id: ownerId,
    username: 'owner',
    role: 'MEMBER',
    status: 'ACTIVE',
    createdAt: at(0),
  } as const;
  const viewer: Viewer = {
    user: { ...user, passwordHash: null, identity: null },
    sessionId: null,
    apiKey: null,
    expiresAt: null,
  };
  return { collection, document, delete: () => service.delete(viewer, id) };
};
