import { type ApiKey, endingOf, generateApiKey, hashOf } from '../access/apiKey.ts';
import { demand, may } from '../access/permissions.ts';
import { scopes as everyScope, type Scope } from '../access/scopes.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, Failure, forbidden, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { ApiKeyStore } from './store.ts';

export const maxNameLength = 80;

/** Keys that a user may have. */
const maxKeys = 100;

/** How exactly it is known when a key was used last, in milliseconds: one write in so long. */
const usedEveryMs = 60_000;

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: it does not end by itself. */
  readonly expiresAt: Date | null;
}

/** `secret` is there once: what is stored can't be turned back into it. */
export interface IssuedApiKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/** API keys: one's own, and for administrators everybody's. All but `authenticate` throw `FORBIDDEN` where a key asks: no key makes, sees or ends keys. */
export interface ApiKeys {
  /** Throws `BAD_USER_INPUT`, `FORBIDDEN` for a scope that the viewer's role has no use for, `CONFLICT` for too many. */
  create(viewer: Viewer, input: NewApiKey): Promise<IssuedApiKey>;
  /** The newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  /** Of all users, the newest first. For administrators in person. */
  pageOfAll(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  /** In the order of `ids`, null for those that are not there, or not the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (ApiKey | null)[]>;
  /** Ends one of the viewer's own, an administrator's anybody's, and what it opened, on all replicas. Throws `NOT_FOUND`. */
  revoke(viewer: Viewer, id: string): Promise<void>;
  /** Null for a key that is not ours, has expired or was revoked, or whose user is not active. */
  authenticate(secret: string): Promise<Viewer | null>;
  deleteAllOf(userId: string): Promise<void>;
}

export interface ApiKeysDeps {
  readonly store: ApiKeyStore;
  /** Null where there is no such user. */
  readonly findUser: (id: string) => Promise<User | null>;
  /** Closes what was opened with a key. Never rejects. */
  readonly publishEnd: (keyId: string) => Promise<void>;
  readonly clock: () => Date;
  readonly ids: Ids;
}

export const createApiKeys = ({ store, findUser, publishEnd, clock, ids }: ApiKeysDeps): ApiKeys => ({
  async create(viewer, input) {
    demand(viewer, 'manageAccount');
    const name = checkName(input.name);
    const scopes = checkScopes(viewer, input.scopes);
    const createdAt = clock();
    const { expiresAt } = input;
    if (expiresAt !== null && expiresAt <= createdAt) {
      throw badInput('expiresAt', 'A key that ends in the past opens nothing. Give a time to come, or none.');
    }
    const secret = generateApiKey();
    const key: ApiKey = {
      id: ids.next(),
      userId: viewer.user.id,
      name,
      secretHash: hashOf(secret),
      ending: endingOf(secret),
      scopes,
      createdAt,
      expiresAt,
      lastUsedAt: null,
    };
    if (!(await store.insert(key, maxKeys))) throw tooMany();
    return { key, secret };
  },

  async page(viewer, page) {
    demand(viewer, 'manageAccount');
    return store.page(viewer.user.id, page);
  },

  async pageOfAll(viewer, page) {
    demand(viewer, 'manageApiKeys');
    return store.pageAnyOwner(page);
  },

  findMany: (viewer, keyIds) =>
    Promise.all(keyIds.map((id) => (may(viewer, 'manageAccount') ? store.find(viewer.user.id, id) : null))),

  async revoke(viewer, id) {
    demand(viewer, 'manageAccount');
    const isGone = may(viewer, 'manageApiKeys')
      ? await store.deleteAnyOwner(id)
      : await store.delete(viewer.user.id, id);
    if (!isGone) throw notFound('API key');
    await publishEnd(id);
  },

  async authenticate(secret) {
    const now = clock();
    const key = await store.findByHash(hashOf(secret), now);
    const user = key && (await findUser(key.userId));
    if (key === null || user?.status !== 'ACTIVE') return null;
    const { lastUsedAt } = key;
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= usedEveryMs) {
      // A key is good though its use can't be noted down: the disk may be full.
      await store.setLastUsed(key.id, now).catch((error: unknown) => {
        if (!(error instanceof Failure && error.code === 'STORAGE_FULL')) throw error;
      });
    }
    return { user, sessionId: null, apiKey: key, expiresAt: key.expiresAt };
  },

  deleteAllOf: (userId) => store.deleteAllOf(userId),
});

const checkName = (typed: string): string => {
  const name = typed.trim();
  const length = [...name].length;
  if (length >= 1 && length <= maxNameLength) return name;
  throw badInput('name', `The name has ${length} characters: give it 1 to ${maxNameLength}.`);
};

const checkScopes = (viewer: Viewer, asked: readonly Scope[]): readonly Scope[] => {
  if (asked.length === 0) {
    throw badInput('scopes', `A key without a scope opens nothing. Give it one of ${everyScope.join(', ')}.`);
  }
  if (asked.includes('CHAT') && !may(viewer, 'generate')) {
    throw forbidden('Your role is to read, and a key never lets one do more: leave out the scope CHAT.');
  }
  if (asked.includes('ADMIN') && !may(viewer, 'manageUsers')) {
    throw forbidden('Only administrators have keys with the scope ADMIN: leave it out.');
  }
  return everyScope.filter((scope) => asked.includes(scope));
};

const tooMany = () =>
  new Failure('CONFLICT', `You have ${maxKeys} API keys, and may have no more. Revoke one first.`);
