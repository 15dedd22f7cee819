import type { Logger } from 'pino';
import { badInput, Failure } from '../failures.ts';
import type { Ids } from '../ids.ts';
import type { Bus } from '../realtime/bus.ts';
import type { Session, User } from './account.ts';
import { checkNewPassword, createPasswords, generatePassword } from './passwords.ts';
import type { Secrets } from './secrets.ts';
import { createSessionEnds } from './sessionEnds.ts';
import type { AccountStore } from './store.ts';
import { createSignInThrottle } from './throttle.ts';
import { createTokens } from './tokens.ts';
import type { Viewer } from './viewer.ts';

/** How long a sign-in lasts unless it is ended, in seconds. */
export const sessionLifetimeS = 30 * 24 * 60 * 60;

const adminName = 'admin';

/** Where a sign-in comes from. */
export interface Client {
  /** IP address; null where there is none. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface SignIn {
  readonly user: User;
  readonly session: Session;
  /** For `Authorization: Bearer`, or the session cookie. */
  readonly token: string;
  readonly expiresInS: number;
}

/** `password` is there once: when the first start made it up. */
export type FirstAdmin =
  | { readonly created: false }
  | { readonly created: true; readonly username: string; readonly password: string | null };

export interface Accounts {
  /** Where there is no user at all, makes the administrator, with this password or a random one. */
  ensureAdmin(password: string | null): Promise<FirstAdmin>;
  /** Throws `UNAUTHENTICATED` (the same, and as late, for a wrong name and a wrong password) or `RATE_LIMITED`. */
  signIn(username: string, password: string, client: Client): Promise<SignIn>;
  signOut(sessionId: string): Promise<void>;
  /** Null for a token that is not ours, has expired, or whose session or user is gone. */
  authenticate(token: string): Promise<Viewer | null>;
  /** Ends the user's other sessions. Throws `BAD_USER_INPUT` or `RATE_LIMITED`. */
  changePassword(viewer: Viewer, current: string, next: string, client: Client): Promise<void>;
  /**
   * Calls `listener` once when the viewer's session is over, however it ends, at once if it already is. Call the
   * result to stop.
   */
  onSessionEnd(viewer: Viewer, listener: () => void): Promise<() => void>;
  /** How many listen for the end of a session now. */
  sessionListenerCount(): number;
}

export interface AccountsDeps {
  readonly store: AccountStore;
  readonly bus: Bus;
  readonly secrets: Secrets;
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
}

export const createAccounts = ({ store, bus, secrets, clock, ids, log }: AccountsDeps): Accounts => {
  const passwords = createPasswords();
  const throttle = createSignInThrottle(clock);
  const tokens = createTokens(secrets.signingKey, clock);
  const isOver = async (sessionId: string) => !(await store.findSession(sessionId, clock()));
  const ends = createSessionEnds({ bus, clock, log, isOver });

  const openSession = async (user: User, client: Client): Promise<SignIn> => {
    // Whole seconds, as a token counts them, so that it and its session end together.
    const createdAt = new Date(Math.floor(clock().getTime() / 1000) * 1000);
    const expiresAt = new Date(createdAt.getTime() + sessionLifetimeS * 1000);
    const userAgent = client.userAgent?.slice(0, 512) ?? null;
    const session: Session = {
      id: ids.next(),
      userId: user.id,
      createdAt,
      expiresAt,
      lastSeenAt: createdAt,
      userAgent,
      address: client.address,
    };
    await store.insertSession(session);
    return { user, session, token: await tokens.issue(session), expiresInS: sessionLifetimeS };
  };

  return {
    async ensureAdmin(given) {
      if ((await store.countUsers()) > 0) return { created: false };
      const password = given ?? generatePassword();
      const passwordHash = await passwords.hash(password);
      const user: User = {
        id: ids.next(),
        username: adminName,
        role: 'ADMIN',
        status: 'ACTIVE',
        passwordHash,
        identity: null,
        createdAt: clock(),
      };
      if (!(await store.insertUser(user))) return { created: false };
      return { created: true, username: adminName, password: given === null ? password : null };
    },

    async signIn(username, password, client) {
      throttle.attempt(username, client.address);
      const user = await store.findUserByName(username);
      if (!(await passwords.verify(user?.passwordHash ?? null, password)) || !user) {
        log.warn({ username: username.slice(0, 64), address: client.address }, 'sign-in failed');
        throw new Failure('UNAUTHENTICATED', 'The user name or the password is wrong.');
      }
      throttle.succeeded(username, client.address);
      await store.deleteExpiredSessions(clock());
      return openSession(user, client);
    },

    async signOut(sessionId) {
      await store.deleteSession(sessionId);
      await ends.announce(sessionId);
    },

    async authenticate(token) {
      const claims = await tokens.read(token);
      if (!claims) return null;
      const session = await store.findSession(claims.sessionId, clock());
      if (session?.userId !== claims.userId) return null;
      const user = await store.findUser(claims.userId);
      return user && { user, sessionId: session.id, expiresAt: session.expiresAt };
    },

    async changePassword(viewer, current, next, client) {
      const { id, username } = viewer.user;
      checkNewPassword('newPassword', next);
      throttle.attempt(username, client.address);
      const user = await store.findUser(id);
      if (!(await passwords.verify(user?.passwordHash ?? null, current))) {
        throw badInput('currentPassword', 'The current password is wrong.');
      }
      throttle.succeeded(username, client.address);
      await store.setPasswordHash(id, await passwords.hash(next));
      const ended = await store.deleteSessionsOf(id, viewer.sessionId);
      await Promise.all(ended.map((sessionId) => ends.announce(sessionId)));
    },

    onSessionEnd: (viewer, listener) => ends.listen(viewer, listener),

    sessionListenerCount: () => ends.listenerCount(),
  };
};
