import { createHash, randomBytes } from 'node:crypto';
import { demand, may, roleMay } from '../access/permissions.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { Share } from './share.ts';
import type { ShareStore } from './store.ts';

/** How many days a link may be valid. */
export const shareDays = { min: 1, max: 365 } as const;

/** Maximum shares per user. */
const maxShares = 500;

const dayMs = 24 * 60 * 60_000;

/** A new share with its secret, which is shown once: only its hash is stored. */
export interface IssuedShare {
  readonly share: Share;
  /** 256 random bits in base64url. */
  readonly secret: string;
}

/** A shared conversation, for anyone who has the link. */
export interface SharedConversation {
  readonly share: Share;
  readonly conversation: Conversation;
}

/** A message of a shared conversation. It names no account. */
export interface SharedMessage extends Pick<Message, 'role' | 'content' | 'depth' | 'createdAt'> {
  /** Null for messages of users, and for edited answers. */
  readonly model: string | null;
  /** Whether the owner edited the answer. */
  readonly isEdited: boolean;
}

/** Read-only links to conversations. */
export interface Shares {
  /**
   * Shares the selected version of a conversation as it is now. Throws `NOT_FOUND`, `BAD_USER_INPUT` for an empty
   * conversation or a wrong number of days, and `CONFLICT` for too many shares.
   */
  create(viewer: Viewer, conversationId: string, days: number): Promise<IssuedShare>;
  /** Returns a page of the viewer's shares, newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<Share>>;
  /** Returns shares in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Share | null)[]>;
  /** Throws `NOT_FOUND`. */
  revoke(viewer: Viewer, id: string): Promise<void>;
  /**
   * Returns null for a link that is unknown, revoked or expired, whose last message was deleted, or whose owner is
   * disabled or may not share any more.
   */
  open(secret: string): Promise<SharedConversation | null>;
  /** Returns a page of the shared messages, oldest first. */
  messages(share: Share, page: PageRequest<number>): Promise<Page<SharedMessage>>;
}

export interface SharesDeps {
  readonly store: ShareStore;
  readonly conversations: Pick<ConversationStore, 'find'>;
  readonly messages: Pick<MessageStore, 'find' | 'path'>;
  readonly generations: Pick<GenerationStore, 'findMany'>;
  /** Returns null for an unknown user. */
  readonly findUser: (id: string) => Promise<User | null>;
  readonly clock: () => Date;
  readonly ids: Ids;
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const createShares = (deps: SharesDeps): Shares => {
  const { store, conversations, messages, generations, clock, ids } = deps;
  return {
    async create(viewer, conversationId, days) {
      demand(viewer, 'shareConversations');
      if (!Number.isInteger(days) || days < shareDays.min || days > shareDays.max) {
        throw badInput('days', `days is ${days}; it must be from ${shareDays.min} to ${shareDays.max}.`);
      }
      const conversation = await conversations.find(viewer.user.id, conversationId);
      if (!conversation) throw notFound('conversation');
      const { leafId, expiresAt } = conversation;
      if (expiresAt) {
        throw badInput('conversationId', "A temporary conversation can't be shared. Keep it first.");
      }
      if (leafId === null) throw badInput('conversationId', 'The conversation has no messages to share yet.');
      const secret = randomBytes(32).toString('base64url');
      const createdAt = clock();
      const share: Share = {
        id: ids.next(),
        ownerId: viewer.user.id,
        conversationId,
        leafId,
        secretHash: hashOf(secret),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + days * dayMs),
      };
      if (await store.insert(share, maxShares)) return { share, secret };
      throw new Failure(
        'CONFLICT',
        `You have ${maxShares} shared links already. Revoke one in the settings.`,
      );
    },

    async page(viewer, page) {
      demand(viewer, 'read');
      return store.page(viewer.user.id, page);
    },

    findMany: (viewer, shareIds) =>
      Promise.all(shareIds.map((id) => (may(viewer, 'read') ? store.find(viewer.user.id, id) : null))),

    async revoke(viewer, id) {
      demand(viewer, 'shareConversations');
      if (!(await store.delete(viewer.user.id, id))) throw notFound('shared link');
    },

    async open(secret) {
      const share = await store.findByHash(hashOf(secret), clock());
      if (!share) return null;
      const { ownerId, conversationId, leafId } = share;
      const [owner, conversation, leaf] = await Promise.all([
        deps.findUser(ownerId),
        conversations.find(ownerId, conversationId),
        messages.find(ownerId, leafId),
      ]);
      const mayShare = owner?.status === 'ACTIVE' && roleMay(owner.role, 'shareConversations');
      return mayShare && conversation && leaf ? { share, conversation } : null;
    },

    async messages({ ownerId, leafId }, page) {
      const { items, ...rest } = await messages.path(ownerId, leafId, page);
      const generationIds = items.flatMap(({ generationId }) => generationId ?? []);
      const found = await generations.findMany(ownerId, generationIds);
      const models = new Map(found.flatMap((each) => (each ? [[each.id, each.model] as const] : [])));
      const shared = items.map((message): SharedMessage => {
        const { role, content, depth, createdAt, generationId, editedFrom } = message;
        const model = models.get(generationId ?? '') ?? null;
        return { role, content, depth, createdAt, model, isEdited: editedFrom !== undefined };
      });
      return { items: shared, ...rest };
    },
  };
};
