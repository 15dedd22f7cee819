import type { Logger } from 'pino';
import type { Secrets } from '../access/secrets.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { type ApiKeys, createApiKeys } from '../apiKeys/service.ts';
import type { ApiKeyStore } from '../apiKeys/store.ts';
import type { SignInThrottle } from '../limits/throttle/throttle.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { createAccessRevocations, type RevocationListener } from './accessRevocation.ts';
import { type Authentication, createAuthentication } from './authentication.ts';
import { createCredentialVerifier, type VerifyCredential } from './credentialVerifier.ts';
import { createOneTimeLinks, type OneTimeLinks } from './oneTimeLinks.ts';
import { createPasswords, generatePassword } from './passwords.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSessionTokens } from './sessionTokens.ts';
import { createIdentities, type Identities, type IdentitiesDeps } from './singleSignOn/identities.ts';
import type { TokenVerifier } from './singleSignOn/tokenVerifier.ts';
import type { AccountStore } from './store/store.ts';
import { createUsers, type Users } from './users.ts';

const adminName = 'admin';

/** `password` is the generated one, shown once; null if it was configured. */
export type FirstAdmin =
  | { readonly created: false }
  | { readonly created: true; readonly username: string; readonly password: string | null };

/** Users, authentication, sessions, invites and API keys. */
export interface Accounts extends Authentication {
  readonly sessions: Sessions;
  readonly users: Users;
  readonly oneTimeLinks: OneTimeLinks;
  readonly identities: Identities;
  readonly apiKeys: ApiKeys;
  /** Authenticates any credential, on every request surface. `verifySessionToken` accepts session tokens only. */
  readonly verifyCredential: VerifyCredential;
  /** Creates the first administrator if there are no users yet, with this password or a random one. */
  ensureAdmin(password: string | null): Promise<FirstAdmin>;
  /**
   * Calls `listener` once when the viewer's session, API key, token or user is revoked or expires, or when the user's
   * role changes; immediately if that has already happened. Returns a function that stops listening.
   */
  onAccessRevoked(viewer: Viewer, listener: RevocationListener): Promise<() => void>;
  /** The number of revocation listeners. */
  revocationListenerCount(): number;
}

export interface AccountsDeps {
  readonly store: AccountStore;
  readonly apiKeyStore: ApiKeyStore;
  readonly bus: Bus;
  readonly throttle: SignInThrottle;
  readonly secrets: Secrets;
  /** Verifies the tokens of the trusted issuer; null: only this service's own tokens are accepted. */
  readonly tokenVerifier: TokenVerifier | null;
  /** Deletes all data of the user outside of accounts. */
  readonly deleteUserData: (userId: string) => Promise<void>;
  /** Cancels the user's queued and running generations. */
  readonly cancelUserGenerations: (userId: string) => Promise<void>;
  /** Throws `CONFLICT` if data of the user is under a legal hold. */
  readonly checkUserDeletable: (userId: string) => Promise<void>;
  /** Called when an identity provider's claims create a user or change its role. */
  readonly onIdentityChange?: IdentitiesDeps['onChange'];
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
}

export const createAccounts = ({
  store,
  apiKeyStore,
  bus,
  throttle,
  secrets,
  tokenVerifier,
  deleteUserData,
  checkUserDeletable,
  cancelUserGenerations,
  onIdentityChange,
  clock,
  ids,
  log,
}: AccountsDeps): Accounts => {
  const passwords = createPasswords();
  const tokens = createSessionTokens(secrets.signingKey, clock);
  const isRevoked = async ({ user, sessionId, apiKey }: Viewer): Promise<boolean> => {
    const current = await store.findUser(user.id);
    if (current?.status !== 'ACTIVE' || current.role !== user.role) return true;
    if (sessionId !== null) return !(await store.findSession(sessionId, clock()));
    return apiKey !== null && !(await apiKeyStore.find(user.id, apiKey.id));
  };
  const revocations = createAccessRevocations({ bus, clock, log, isRevoked });
  const sessions = createSessions({ store, revocations, clock });
  const authentication = createAuthentication({
    store,
    sessions,
    revocations,
    passwords,
    throttle,
    tokens,
    clock,
    ids,
    log,
  });
  const identities = createIdentities({ store, clock, ids, log, onChange: onIdentityChange });
  const apiKeys = createApiKeys({
    store: apiKeyStore,
    findUser: (id) => store.findUser(id),
    publishRevocation: (id) => revocations.publish(id),
    clock,
    ids,
  });
  const users = createUsers({
    store,
    sessions,
    authentication,
    passwords,
    async deleteUserData(userId) {
      await apiKeys.deleteAllOf(userId);
      await deleteUserData(userId);
    },
    checkUserDeletable,
    cancelUserGenerations,
    clock,
    ids,
    log,
  });

  return {
    ...authentication,
    sessions,
    users,
    oneTimeLinks: createOneTimeLinks({ store, sessions, authentication, passwords, clock, ids }),
    identities,
    apiKeys,
    verifyCredential: createCredentialVerifier({ authentication, apiKeys, identities, tokenVerifier }),

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

    onAccessRevoked: (viewer, listener) => revocations.listen(viewer, listener),

    revocationListenerCount: () => revocations.listenerCount(),
  };
};
