import type { Logger } from 'pino';
import type { Secrets } from '../access/secrets.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { type ApiKeys, createApiKeys } from '../apiKeys/service.ts';
import type { ApiKeyStore } from '../apiKeys/store.ts';
import type { SignInThrottle } from '../limits/throttle/throttle.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { type AccessEndListener, createAccessEnds } from './accessEnds.ts';
import { createLinks, type Links } from './links.ts';
import { createPasswords, generatePassword } from './passwords.ts';
import { createRecognition, type Recognize } from './recognition.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSignIns, type SignIns } from './signIns.ts';
import { createIdentities, type Identities, type IdentitiesDeps } from './singleSignOn/identities.ts';
import type { TrustedTokens } from './singleSignOn/trustedTokens.ts';
import type { AccountStore } from './store/store.ts';
import { createTokens } from './tokens.ts';
import { createUsers, type Users } from './users.ts';

const adminName = 'admin';

/** `password` is there once: when the first start made it up. */
export type FirstAdmin =
  | { readonly created: false }
  | { readonly created: true; readonly username: string; readonly password: string | null };

/** Who there is, who gets in, and what they may do to each other. */
export interface Accounts extends SignIns {
  readonly sessions: Sessions;
  readonly users: Users;
  readonly links: Links;
  readonly identities: Identities;
  readonly apiKeys: ApiKeys;
  /** Who shows a credential of any kind, on any way in. `authenticate` knows sessions alone. */
  readonly recognize: Recognize;
  /** Where there is no user at all, makes the administrator, with this password or a random one. */
  ensureAdmin(password: string | null): Promise<FirstAdmin>;
  /**
   * Calls `listener` once when what the viewer came by is over (a session, an API key, a token, the user), however it
   * ends, at once if it already is, or when the user may do other things from now on. Call the result to stop.
   */
  onSessionEnd(viewer: Viewer, listener: AccessEndListener): Promise<() => void>;
  /** How many listen for the end of a session now. */
  sessionListenerCount(): number;
}

export interface AccountsDeps {
  readonly store: AccountStore;
  readonly apiKeyStore: ApiKeyStore;
  readonly bus: Bus;
  readonly throttle: SignInThrottle;
  readonly secrets: Secrets;
  /** Null: nobody's tokens but our own are believed. */
  readonly trustedTokens: TrustedTokens | null;
  /** Deletes all that a user has outside of this room. */
  readonly eraseOwned: (userId: string) => Promise<void>;
  /** Cancels every answer of the user that waits or runs. */
  readonly cancelOwned: (userId: string) => Promise<void>;
  /** Told of users that providers bring, or change. */
  readonly identityChanged?: IdentitiesDeps['changed'];
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
}

export const createAccounts = (deps: AccountsDeps): Accounts => {
  const { store, clock, ids } = deps;
  const passwords = createPasswords();
  const tokens = createTokens(deps.secrets.signingKey, clock);
  const isOver = async ({ user, sessionId, apiKey }: Viewer): Promise<boolean> => {
    const now = await store.findUser(user.id);
    if (now?.status !== 'ACTIVE' || now.role !== user.role) return true;
    if (sessionId !== null) return !(await store.findSession(sessionId, clock()));
    return apiKey !== null && !(await deps.apiKeyStore.find(user.id, apiKey.id));
  };
  const ends = createAccessEnds({ ...deps, isOver });
  const sessions = createSessions({ ...deps, ends });
  const signIns = createSignIns({ ...deps, sessions, ends, passwords, tokens });
  const identities = createIdentities({ ...deps, changed: deps.identityChanged });
  const findUser = (id: string) => store.findUser(id);
  const apiKeys = createApiKeys({
    ...deps,
    store: deps.apiKeyStore,
    findUser,
    publishEnd: (id) => ends.publish(id),
  });
  const eraseOwned = async (userId: string) => {
    await apiKeys.deleteAllOf(userId);
    await deps.eraseOwned(userId);
  };

  return {
    ...signIns,
    sessions,
    users: createUsers({ ...deps, eraseOwned, sessions, signIns, passwords }),
    links: createLinks({ ...deps, sessions, signIns, passwords }),
    identities,
    apiKeys,
    recognize: createRecognition({ ...deps, signIns, apiKeys, identities }),

    async ensureAdmin(given) {
      if ((await store.countUsers()) > 0) return { created: false };
      const password = given ?? generatePassword();
      const user: User = {
        id: ids.next(),
        username: adminName,
        role: 'ADMIN',
        status: 'ACTIVE',
        passwordHash: await passwords.hash(password),
        identity: null,
        createdAt: clock(),
      };
      if (!(await store.insertUser(user))) return { created: false };
      return { created: true, username: adminName, password: given === null ? password : null };
    },

    onSessionEnd: (viewer, listener) => ends.listen(viewer, listener),

    sessionListenerCount: () => ends.listenerCount(),
  };
};
