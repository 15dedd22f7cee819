import type { Logger } from 'pino';
import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import { badInput, notFound } from '../errors/failures.ts';
import { underHold } from '../holds/hold.ts';
import type { PageRequest } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import type { CollectionChoices } from './collectionChoices.ts';
import { type Conversation, type ConversationPatch, type TagUse, temporaryTitle } from './conversation.ts';
import { checkOptions } from './options.ts';
import { type RemovalDeps, removeConversation } from './removal.ts';
import type { ConversationStore } from './store/store.ts';
import { titleOf } from './title.ts';
import { type ConversationChange, conversationChanged } from './topics.ts';

export type NewConversation = Pick<
  Conversation,
  'model' | 'systemPrompt' | 'options' | 'tags' | 'folderId' | 'collectionIds'
> & {
  /** Null: the title is derived from the first prompt. */
  readonly title: string | null;
};

/** The fields that the owner may change. Absent fields keep their values. */
export type ConversationEdit = Partial<
  Pick<
    Conversation,
    | 'title'
    | 'model'
    | 'systemPrompt'
    | 'options'
    | 'pinned'
    | 'archived'
    | 'tags'
    | 'folderId'
    | 'collectionIds'
  >
> & {
  /** False keeps a temporary conversation. */
  readonly temporary?: false;
  /** Deletes a temporary conversation after so many seconds, unless it is used before. */
  readonly expiresIn?: number;
};

/** The stored size of a conversation without its messages, in bytes. */
const bytesOf = ({ title, systemPrompt }: Conversation): number =>
  rowBytes.conversation + bytesOfText(title) + bytesOfText(systemPrompt);

export interface Conversations {
  create(viewer: Viewer, input: NewConversation): Promise<Conversation>;
  /** Throws `NOT_FOUND` and `BAD_USER_INPUT`. */
  update(viewer: Viewer, id: string, edit: ConversationEdit): Promise<Conversation>;
  /**
   * Deletes a conversation with its messages and attachments. Cancels its unfinished generations. Throws `NOT_FOUND`, and
   * `CONFLICT` under a legal hold.
   */
  delete(viewer: Viewer, id: string): Promise<void>;
  /** Returns the viewer's tags that contain `search`, regardless of case; those of most conversations first, at most 100. */
  tags(viewer: Viewer, search: string): Promise<readonly TagUse[]>;
  /** Selects the branch through `messageId`, down to its newest leaf. */
  select(viewer: Viewer, messageId: string): Promise<Conversation>;
}

/** The message queries that selecting a branch needs. */
export interface BranchReader {
  /** Null if the owner has no such message. */
  find(ownerId: string, id: string): Promise<{ readonly conversationId: string } | null>;
  /** The id of the newest leaf below `id`. Null if the owner has no such message. */
  newestLeaf(ownerId: string, id: string): Promise<string | null>;
  path(
    ownerId: string,
    leafId: string,
    page: PageRequest<number>,
  ): Promise<{ readonly items: readonly { readonly content: string }[] }>;
}

export interface ConversationsDeps extends RemovalDeps {
  readonly folders: {
    /** Throws `NOT_FOUND` if the owner has no such folder. */
    require(ownerId: string, id: string): Promise<void>;
  };
  readonly collections: CollectionChoices;
  readonly conversations: ConversationStore;
  readonly messages: BranchReader;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Throws `CONFLICT` if the conversation is under a legal hold. */
  readonly checkDeletable: (ownerId: string, conversationId: string) => Promise<void>;
}

export const untitled = 'New conversation';

/** Maximum tags that are searched, and that are returned. */
const maxSearchedTags = 1000;
const maxFoundTags = 100;

/** Maximum length of each text in UTF-16 units, and the maximum number of tags. */
export const conversationLimits = {
  title: 200,
  model: 300,
  systemPrompt: 100_000,
  tags: 20,
  tag: 50,
} as const;

const {
  title: maxTitleLength,
  model: maxModelLength,
  systemPrompt: maxSystemPromptLength,
  tags: maxTags,
  tag: maxTagLength,
} = conversationLimits;

const check = <Edit extends ConversationEdit>(edit: Edit): Edit => {
  const { title, model, systemPrompt, tags, options } = edit;
  if (title !== undefined && (title.trim() === '' || title.length > maxTitleLength)) {
    throw badInput('title', `title must have 1 to ${maxTitleLength} characters; it has ${title.length}.`);
  }
  if (model && model.length > maxModelLength) {
    throw badInput('model', `model may have ${maxModelLength} characters at most; it has ${model.length}.`);
  }
  if (systemPrompt && systemPrompt.length > maxSystemPromptLength) {
    const rule = `may have ${maxSystemPromptLength} characters at most; it has ${systemPrompt.length}.`;
    throw badInput('systemPrompt', `systemPrompt ${rule}`);
  }
  if (tags && (tags.length > maxTags || tags.some((tag) => tag.trim() === '' || tag.length > maxTagLength))) {
    throw badInput('tags', `tags takes up to ${maxTags} tags of 1 to ${maxTagLength} characters.`);
  }
  if (options) checkOptions(options);
  return tags ? { ...edit, tags: [...new Set(tags.map((tag) => tag.trim()))] } : edit;
};

export const createConversations = (deps: ConversationsDeps): Conversations => {
  const { conversations, messages } = deps;

  const publishChange = (viewer: Viewer, kind: ConversationChange['kind'], conversationId: string) =>
    notify(deps, conversationChanged, viewer.user.id, { kind, conversationId, messageIds: [] });

  const update = async (viewer: Viewer, id: string, patch: ConversationPatch) => {
    const conversation = await conversations.update(viewer.user.id, id, patch);
    if (!conversation) throw notFound('conversation');
    await publishChange(viewer, 'UPDATED', id);
    return conversation;
  };

  /** Returns what keeps a temporary conversation: it gets a title by its first prompt. Empty for another one. */
  const keeping = async ({ ownerId, leafId, title, expiresAt }: Conversation): Promise<ConversationPatch> => {
    if (!expiresAt) return {};
    const first = { direction: 'forward', size: 1, after: null, before: null } as const;
    const [prompt] = leafId === null ? [] : (await messages.path(ownerId, leafId, first)).items;
    const isUntitled = title === temporaryTitle && prompt !== undefined;
    return { expiresAt: null, ...(isUntitled && { title: titleOf(prompt.content), autoTitled: true }) };
  };

  const renewed = async (viewer: Viewer, id: string, expiresIn: number): Promise<Conversation> => {
    const expiresAt = new Date(deps.clock().getTime() + expiresIn * 1000);
    const conversation = await conversations.renew(viewer.user.id, id, expiresAt);
    if (!conversation) throw badInput('expiresIn', 'expiresIn is for temporary conversations only.');
    return conversation;
  };

  return {
    async create(viewer, input) {
      demand(viewer, 'writeConversations');
      if (input.folderId !== null) await deps.folders.require(viewer.user.id, input.folderId);
      const collectionIds = await deps.collections.checkChosen(viewer.user.id, input.collectionIds, []);
      const now = deps.clock();
      const conversation: Conversation = {
        ...check({ ...input, collectionIds, title: input.title ?? untitled }),
        id: deps.ids.next(),
        ownerId: viewer.user.id,
        autoTitled: input.title === null,
        pinned: false,
        archived: false,
        leafId: null,
        createdAt: now,
        updatedAt: now,
      };
      await deps.storageQuotas.checkRate(viewer.user);
      await deps.storageQuotas.withReservation(viewer.user, bytesOf(conversation), () =>
        conversations.insert(conversation),
      );
      await publishChange(viewer, 'CREATED', conversation.id);
      return conversation;
    },

    async update(viewer, id, edit) {
      demand(viewer, 'writeConversations');
      const { temporary, expiresIn, ...rest } = edit;
      const isKept = temporary === false;
      if (isKept && expiresIn !== undefined) {
        throw badInput(
          'expiresIn',
          'A conversation that is kept does not expire. Omit expiresIn or temporary.',
        );
      }
      const checked = check(rest);
      const { collectionIds } = checked;
      const needsStored = isKept || expiresIn !== undefined || collectionIds !== undefined;
      const stored = needsStored ? await conversations.find(viewer.user.id, id) : null;
      if (needsStored && !stored) throw notFound('conversation');
      if (checked.folderId) await deps.folders.require(viewer.user.id, checked.folderId);
      await deps.storageQuotas.checkRate(viewer.user);
      const { title, systemPrompt } = checked;
      const kept = isKept && stored ? await keeping(stored) : {};
      const named = title === undefined ? checked : { ...checked, autoTitled: false };
      const chosen =
        collectionIds && stored
          ? await deps.collections.checkChosen(viewer.user.id, collectionIds, stored.collectionIds)
          : null;
      const patch = { ...kept, ...named, ...(chosen && { collectionIds: chosen }) };
      if (expiresIn !== undefined) {
        const conversation = await renewed(viewer, id, expiresIn);
        if (Object.keys(patch).length === 0) {
          await publishChange(viewer, 'UPDATED', id);
          return conversation;
        }
      }
      const bytes = bytesOfText(title) + bytesOfText(systemPrompt);
      // A change that stores no text, such as archiving, is allowed over the storage limit too.
      return bytes === 0
        ? update(viewer, id, patch)
        : deps.storageQuotas.withReservation(viewer.user, bytes, () => update(viewer, id, patch));
    },

    async delete(viewer, id) {
      demand(viewer, 'writeConversations');
      const ownerId = viewer.user.id;
      const conversation = await conversations.find(ownerId, id);
      if (!conversation) throw notFound('conversation');
      await deps.checkDeletable(ownerId, id);
      if (!(await removeConversation(deps, ownerId, id))) throw underHold();
      await publishChange(viewer, 'DELETED', id);
    },

    async tags(viewer, search) {
      demand(viewer, 'read');
      const tags = await conversations.tagsOf(viewer.user.id, maxSearchedTags);
      const part = search.trim().toLowerCase();
      return tags.filter(({ name }) => name.toLowerCase().includes(part)).slice(0, maxFoundTags);
    },

    async select(viewer, messageId) {
      demand(viewer, 'writeConversations');
      const message = await messages.find(viewer.user.id, messageId);
      const leafId = message && (await messages.newestLeaf(viewer.user.id, messageId));
      if (!message || !leafId) throw notFound('message');
      return update(viewer, message.conversationId, { leafId });
    },
  };
};
