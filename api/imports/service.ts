import type { Logger } from 'pino';
import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import type { Conversation } from '../conversations/conversation.ts';
import { conversationLimits } from '../conversations/service.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import { conversationChanged } from '../conversations/topics.ts';
import { badInput, notFound } from '../errors/failures.ts';
import type { Folders } from '../folders/service.ts';
import type { MessageRole } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import type { FairScheduler } from '../process/fairScheduler.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';

/** Maximum lengths in UTF-16 units, and maximum messages of one call. */
export const importLimits = {
  sourceKey: 300,
  key: 300,
  content: 1_000_000,
  messages: 100,
  keys: 100,
} as const;

/** Maximum messages of an imported conversation: SQLite deletes all of them at once, while other work waits. */
const defaultMaxMessages = 10_000;

export interface ImportedMessage {
  /** Identifies the message in its conversation. */
  readonly key: string;
  /** Null for a first message. An earlier message of this or an earlier call. */
  readonly parentKey: string | null;
  readonly role: Extract<MessageRole, 'USER' | 'ASSISTANT'>;
  readonly content: string;
  readonly createdAt: Date;
}

export interface ConversationImport {
  /** Identifies the conversation in the app that it comes from. */
  readonly sourceKey: string;
  readonly title: string;
  readonly systemPrompt: string | null;
  readonly tags: readonly string[];
  /** The folder to put it into, which is created if the user has none of this name; null: none. */
  readonly folder: { readonly name: string; readonly systemPrompt: string | null } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly messages: readonly ImportedMessage[];
  /** The last message of the selected version. Set in the last call: it completes the import. */
  readonly leafKey: string | null;
}

export interface ImportResult {
  readonly conversation: Conversation;
  /** Whether it was imported completely before. Then nothing has changed. */
  readonly existed: boolean;
}

/** Imports conversations of other apps. The ids are derived from the keys, so a repeated call changes nothing. */
export interface Imports {
  /**
   * Adds messages to an imported conversation, and creates it before. Each call counts as a write, unless the conversation
   * is complete already. Throws `BAD_USER_INPUT` for an unknown parent or leaf and for too many messages, `RATE_LIMITED`,
   * `QUOTA_EXCEEDED`.
   */
  add(viewer: Viewer, given: ConversationImport): Promise<ImportResult>;
  /** Returns those keys whose conversations were imported completely, and not deleted since. */
  known(viewer: Viewer, sourceKeys: readonly string[]): Promise<readonly string[]>;
}

export interface ImportsDeps {
  readonly folders: Pick<Folders, 'named'>;
  readonly conversations: Pick<ConversationStore, 'find' | 'findMany' | 'insert' | 'update'>;
  readonly messages: Pick<MessageStore, 'find' | 'findMany' | 'insert' | 'count'>;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Lets other work run between two messages: SQLite writes a message without a pause. */
  readonly turns: FairScheduler;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
  readonly maxMessages?: number;
}

export const createImports = (deps: ImportsDeps): Imports => {
  const { conversations, messages, storageQuotas, turns, ids, maxMessages = defaultMaxMessages } = deps;
  const idOf = (viewer: Viewer, sourceKey: string) => ids.derived('import', viewer.user.id, sourceKey);

  const checkCount = async ({ id, ownerId }: Conversation, given: readonly ImportedMessage[]) => {
    const count = await messages.count(ownerId, id);
    if (count + given.length <= maxMessages) return;
    // A repeated call has messages that are stored.
    const known = await messages.findMany(
      ownerId,
      given.map(({ key }) => ids.derived(id, key)),
    );
    if (count + known.filter((each) => each === null).length <= maxMessages) return;
    throw badInput('messages', `An imported conversation may have at most ${maxMessages} messages.`);
  };

  const insertMessages = async (conversation: Conversation, given: readonly ImportedMessage[]) => {
    const { id: conversationId, ownerId } = conversation;
    for (const [index, { key, parentKey, ...message }] of given.entries()) {
      const endTurn = await turns.acquire(ownerId);
      const written = await messages
        .insert({
          ...message,
          id: ids.derived(conversationId, key),
          conversationId,
          ownerId,
          parentId: parentKey === null ? null : ids.derived(conversationId, parentKey),
          generationId: null,
        })
        .finally(endTurn);
      if (written) continue;
      if (!(await conversations.find(ownerId, conversationId))) throw notFound('conversation');
      const field = `messages[${index}].parentKey`;
      throw badInput(field, `${field} is no key of an earlier message. Send parents before their children.`);
    }
  };

  return {
    async add(viewer, given) {
      demand(viewer, 'writeConversations');
      const { sourceKey, leafKey, messages: added, folder, ...fields } = given;
      if (fields.title.trim() === '') throw badInput('title', 'title is blank. Send a title.');
      const { tags: maxTags, tag: maxTag } = conversationLimits;
      if (
        fields.tags.length > maxTags ||
        fields.tags.some((tag) => tag.trim() === '' || tag.length > maxTag)
      ) {
        throw badInput('tags', `tags takes up to ${maxTags} tags of 1 to ${maxTag} characters.`);
      }
      const ownerId = viewer.user.id;
      const id = idOf(viewer, sourceKey);
      const found = await conversations.find(ownerId, id);
      if (found && found.leafId !== null) return { conversation: found, existed: true };
      await storageQuotas.checkRate(viewer.user);
      if (found) await checkCount(found, added);
      // A date in the future would keep it from expiring, and on top of the list.
      const now = deps.clock();
      const conversation: Conversation = found ?? {
        ...fields,
        createdAt: earlier(fields.createdAt, now),
        updatedAt: earlier(fields.updatedAt, now),
        id,
        ownerId,
        autoTitled: false,
        model: null,
        options: {},
        pinned: false,
        archived: false,
        folderId: folder && (await deps.folders.named(viewer, folder)).id,
        collectionIds: [],
        leafId: null,
      };
      const bytes =
        (found ? 0 : rowBytes.conversation + bytesOfText(fields.title) + bytesOfText(fields.systemPrompt)) +
        added.reduce((sum, { content }) => sum + rowBytes.message + bytesOfText(content), 0);
      await storageQuotas.withReservation(viewer.user, bytes, async () => {
        if (!found) await conversations.insert(conversation);
        await insertMessages(conversation, added);
      });
      if (leafKey === null) return { conversation, existed: false };
      const leaf = await messages.find(ownerId, ids.derived(id, leafKey));
      if (leaf?.conversationId !== id) {
        throw badInput('leafKey', 'leafKey is no key of a message of this conversation.');
      }
      const completed = await conversations.update(ownerId, id, { leafId: leaf.id });
      if (!completed) throw notFound('conversation');
      await notify(deps, conversationChanged, ownerId, {
        kind: 'CREATED',
        conversationId: id,
        messageIds: [],
      });
      return { conversation: completed, existed: false };
    },

    async known(viewer, sourceKeys) {
      demand(viewer, 'read');
      const found = await conversations.findMany(
        viewer.user.id,
        sourceKeys.map((key) => idOf(viewer, key)),
      );
      return sourceKeys.filter((_key, index) => (found[index]?.leafId ?? null) !== null);
    },
  };
};

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
