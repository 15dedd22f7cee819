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

/** Maximum API keys per user. */
const maxKeys = 100;

/** The minimum interval between two writes of a key's last use, in milliseconds. */
const lastUsedIntervalMs = 60_000;

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: the key doesn't expire. */
  readonly expiresAt: Date | null;
}

/** A new API key with its secret, which is shown once: only its hash is stored. */
export interface IssuedApiKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/**
 * Manages API keys: the viewer's own; for administrators, all keys. Methods with a viewer throw `FORBIDDEN`
 * for an API key: no key creates, lists or revokes keys.
 */
export interface ApiKeys {
  /** Throws `BAD_USER_INPUT`, `FORBIDDEN` for a scope that exceeds the viewer's role, `CONFLICT` for too many keys. */
  create(viewer: Viewer, input: NewApiKey): Promise<IssuedApiKey>;
  /** Returns a page of the viewer's keys, newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  /** Returns a page of all users' keys, newest first. For administrators. */
  pageOfAll(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  /** Returns keys in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (ApiKey | null)[]>;
  /**
   * Revokes one of the viewer's keys, or any key for an administrator, and closes its sockets and streams on all replicas.
   * Throws `NOT_FOUND`.
   */
  revoke(viewer: Viewer, id: string): Promise<void>;
  /** Returns the viewer of a key; null if it is unknown, expired or revoked, or its user isn't active. */
  verify(secret: string): Promise<Viewer | null>;
  deleteAllOf(userId: string): Promise<void>;
}

export interface ApiKeysDeps {
  readonly store: ApiKeyStore;
  /** Returns null for an unknown user. */
  readonly findUser: (id: string) => Promise<User | null>;
  /** Closes the sockets and streams that a key opened. Never rejects. */
  readonly publishRevocation: (keyId: string) => Promise<void>;
  readonly clock: () => Date;
  readonly ids: Ids;
}

export const createApiKeys = ({ store, findUser, publishRevocation, clock, ids }: ApiKeysDeps): ApiKeys => ({
  async create(viewer, input) {
    demand(viewer, 'manageAccount');
    const name = checkName(input.name);
    const scopes = checkScopes(viewer, input.scopes);
    const createdAt = clock();
    const { expiresAt } = input;
    if (expiresAt !== null && expiresAt <= createdAt) {
      throw badInput('expiresAt', 'expiresAt is in the past. Choose a time in the future, or none.');
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
    const isDeleted = may(viewer, 'manageApiKeys')
      ? await store.deleteAnyOwner(id)
      : await store.delete(viewer.user.id, id);
    if (!isDeleted) throw notFound('API key');
    await publishRevocation(id);
  },

  async verify(secret) {
    const now = clock();
    const key = await store.findByHash(hashOf(secret), now);
    const user = key && (await findUser(key.userId));
    if (key === null || user?.status !== 'ACTIVE') return null;
    const { lastUsedAt } = key;
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= lastUsedIntervalMs) {
      // A full disk must not invalidate the key.
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
  throw badInput('name', `The name has ${length} characters. Choose one with 1 to ${maxNameLength}.`);
};

const checkScopes = (viewer: Viewer, requested: readonly Scope[]): readonly Scope[] => {
  if (requested.length === 0) {
    throw badInput('scopes', `The key has no scope. Choose at least one of ${everyScope.join(', ')}.`);
  }
  if (requested.includes('CHAT') && !may(viewer, 'generate')) {
    throw forbidden(
      'Your account is read-only, and a key can’t do more than its user. Leave out the scope CHAT.',
    );
  }
  if (requested.includes('ADMIN') && !may(viewer, 'manageUsers')) {
    throw forbidden('Only administrators may create keys with the scope ADMIN. Leave it out.');
  }
  return everyScope.filter((scope) => requested.includes(scope));
};

const tooMany = () =>
  new Failure('CONFLICT', `You already have ${maxKeys} API keys, the maximum. Revoke one first.`);
