import type { Role } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { createHoldChecks } from '../holds/service.ts';
import { createMemoryThrottle } from '../limits/throttle/throttle.memory.ts';
import { createIds } from '../process/ids.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import type { Bus } from '../realtime/bus.ts';
import { silent } from '../redis/server.testing.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import type { Stores } from '../stores/stores.ts';
import { type Accounts, createAccounts } from './service.ts';

export const password = 'correct horse battery';
export const client = { address: '192.0.2.1', userAgent: 'jest' };

/** A viewer who signed in, with the session token. */
export type SignedIn = Viewer & { readonly sessionId: string; readonly token: string };

export interface TestAccounts {
  readonly accounts: Accounts;
  readonly stores: Stores;
  readonly admin: SignedIn;
  /** The users whose data was deleted. */
  readonly erased: readonly string[];
  /** The users whose generations were cancelled. */
  readonly cancelled: readonly string[];
  /** The current time, which a test may change. */
  now: Date;
  /** Opens the accounts of another replica. */
  replica(bus?: Bus): Accounts;
  /** Creates a user with this role and signs in. */
  signUp(role: Role, username?: string): Promise<SignedIn>;
  close(): Promise<void>;
}

/** Opens accounts on a real store, with an administrator `admin`. All users have `password`. */
export const openTestAccounts = async (bus: Bus = createMemoryBus()): Promise<TestAccounts> => {
  const stores = await openTemporaryStores();
  const erased: string[] = [];
  const cancelled: string[] = [];
  const throttle = createMemoryThrottle(() => opened.now.getTime());
  const ids = createIds();
  const opened = { now: new Date() };
  const replica = (busThere: Bus = bus) =>
    createAccounts({
      store: stores.accounts,
      apiKeyStore: stores.apiKeys,
      bus: busThere,
      throttle,
      tokenVerifier: null,
      secrets: { signingKey: new Uint8Array(32).fill(1) },
      deleteUserData: async (userId) => {
        erased.push(userId);
      },
      checkUserDeletable: createHoldChecks(stores.holds).checkUserDeletable,
      cancelUserGenerations: async (userId) => {
        cancelled.push(userId);
      },
      clock: () => opened.now,
      ids,
      log: silent,
    });
  const accounts = replica();

  const signIn = async (username: string): Promise<SignedIn> => {
    const { token, session } = await accounts.signIn(username, password, client);
    const viewer = await accounts.verifySessionToken(token);
    if (!viewer) throw new Error('the session token is invalid');
    return { ...viewer, sessionId: session.id, token };
  };

  await accounts.ensureAdmin(password);
  const admin = await signIn('admin');
  return Object.assign(opened, {
    accounts,
    stores,
    admin,
    erased,
    cancelled,
    replica,
    async signUp(role: Role, username = `${role.toLowerCase()}-${ids.next().slice(-6)}`) {
      await accounts.users.create(admin, { username, password, role });
      return signIn(username);
    },
    close: () => stores.close(),
  });
};
