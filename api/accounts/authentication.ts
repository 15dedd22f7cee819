import type { Logger } from 'pino';
import { checkNewPassword } from '../access/passwordStrength.ts';
import { demand } from '../access/permissions.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, Failure, forbidden } from '../errors/failures.ts';
import type { SignInThrottle } from '../limits/throttle/throttle.ts';
import type { Ids } from '../process/ids.ts';
import type { AccessRevocations } from './accessRevocation.ts';
import type { Session } from './account.ts';
import { type Passwords, rejectGone } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import type { SessionTokens } from './sessionTokens.ts';
import type { AccountStore } from './store/store.ts';

/** The lifetime of a session, in seconds. */
export const sessionLifetimeS = 30 * 24 * 60 * 60;

/** The maximum number of a user's sessions: another sign-in ends the one that was used longest ago. */
export const maxSessions = 100;

/** The minimum interval between two writes of a session's last use, in milliseconds. */
const lastSeenIntervalMs = 60_000;

/** The maximum clock difference between replicas, in milliseconds. */
const maxSkewMs = 60_000;

/** The origin of a sign-in. */
export interface Client {
  /** An IP address; null if unknown. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** The id of the HTTP request; absent outside of a request. */
  readonly requestId?: string | null;
  /** Whether the client has disconnected. Absent where that isn't known. */
  readonly isGone?: () => boolean;
}

/** A new session with its token. */
export interface IssuedSession {
  readonly user: User;
  readonly session: Session;
  /** For `Authorization: Bearer`, or the session cookie. */
  readonly token: string;
  readonly expiresInS: number;
}

/** Signs users in and out, and verifies session tokens and passwords. */
export interface Authentication {
  /** Throws `UNAUTHENTICATED` or `RATE_LIMITED`. A wrong name and a wrong password get the same error after the same time. */
  signIn(username: string, password: string, client: Client): Promise<IssuedSession>;
  /** Creates a session for a user who was authenticated in another way. Throws `FORBIDDEN` if the user isn't active. */
  openSession(user: User, client: Client): Promise<IssuedSession>;
  signOut(sessionId: string): Promise<void>;
  /**
   * Revokes the viewer's own session. Throws `FORBIDDEN` for an API key, and `BAD_USER_INPUT` for a token of the trusted
   * issuer, which has no session here.
   */
  signOutViewer(viewer: Viewer): Promise<void>;
  /**
   * Returns the viewer of a session token; null if the token is invalid or expired, its session was revoked, or its user
   * was deleted or isn't active. `address` is the IP address of the request.
   */
  verifySessionToken(token: string, address?: string | null): Promise<Viewer | null>;
  /** Revokes the user's other sessions. Throws `FORBIDDEN` for an API key, `BAD_USER_INPUT` or `RATE_LIMITED`. */
  changePassword(viewer: Viewer, current: string, next: string, client: Client): Promise<void>;
  /**
   * Confirms the viewer's identity with the password, or, for a user without one, with a sign-in of the last
   * `maxSignInAgeMs` milliseconds. A wrong password counts as a failed sign-in. Throws `BAD_USER_INPUT` on `password`,
   * `RATE_LIMITED`, or `FORBIDDEN` if the sign-in is too old.
   */
  reauthenticate(
    viewer: Viewer,
    password: string | null,
    maxSignInAgeMs: number,
    client: Client,
  ): Promise<void>;
}

export interface AuthenticationDeps {
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly revocations: AccessRevocations;
  readonly passwords: Passwords;
  readonly throttle: SignInThrottle;
  readonly tokens: SessionTokens;
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
}

export const createAuthentication = (deps: AuthenticationDeps): Authentication => {
  const { store, passwords, throttle, clock, log } = deps;

  const openSession = async (user: User, client: Client): Promise<IssuedSession> => {
    if (user.status !== 'ACTIVE') throw disabled();
    // Whole seconds, as in a token, so that the token and its session expire together.
    const createdAt = new Date(Math.floor(clock().getTime() / 1000) * 1000);
    const session: Session = {
      id: deps.ids.next(),
      userId: user.id,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + sessionLifetimeS * 1000),
      lastSeenAt: createdAt,
      userAgent: client.userAgent?.slice(0, 512) ?? null,
      address: client.address,
    };
    await store.deleteExpiredSessions(clock());
    await store.insertSession(session);
    const ended = await store.deleteLeastUsedSessions(user.id, maxSessions);
    await Promise.all(ended.map((id) => deps.revocations.publish(id)));
    return { user, session, token: await deps.tokens.issue(session), expiresInS: sessionLifetimeS };
  };

  const signOut = async (sessionId: string): Promise<void> => {
    await store.deleteSession(sessionId);
    await deps.revocations.publish(sessionId);
  };

  const confirmPassword = async (
    viewer: Viewer,
    field: string,
    password: string,
    { address, isGone }: Client,
  ): Promise<void> => {
    rejectGone(isGone);
    const { id, username } = viewer.user;
    const attempt = { username, address };
    await throttle.attempt(attempt);
    const user = await store.findUser(id);
    if (!(await passwords.verify(user?.passwordHash ?? null, password, isGone))) {
      throw badInput(field, 'The current password is wrong.');
    }
    await throttle.succeeded(attempt);
  };

  /** Replaces a hash that was computed with an earlier release's parameters. */
  const renewHash = async ({ id, passwordHash }: User, password: string): Promise<void> => {
    if (passwordHash === null || !passwords.isOutdated(passwordHash)) return;
    await store.replacePasswordHash(id, passwordHash, await passwords.hash(password));
  };

  return {
    async signIn(username, password, client) {
      rejectGone(client.isGone);
      const attempt = { username, address: client.address };
      await throttle.attempt(attempt);
      const user = await store.findUserByName(username);
      if (!(await passwords.verify(user?.passwordHash ?? null, password, client.isGone)) || !user) {
        log.warn({ username: username.slice(0, 64), address: client.address }, 'accounts: sign-in failed');
        throw new Failure('UNAUTHENTICATED', 'The user name or the password is wrong.');
      }
      await throttle.succeeded(attempt);
      const signIn = await openSession(user, client);
      await renewHash(user, password);
      return signIn;
    },

    openSession,

    signOut,

    async signOutViewer(viewer) {
      demand(viewer, 'manageAccount');
      if (viewer.sessionId === null) {
        throw badInput(
          'token',
          'This token was issued by another service and has no session here. Sign out at that service.',
        );
      }
      await signOut(viewer.sessionId);
    },

    async verifySessionToken(token, address = null) {
      const claims = await deps.tokens.verify(token);
      if (!claims) return null;
      const now = clock();
      const session = await store.findSession(claims.sessionId, now);
      if (session?.userId !== claims.userId) return null;
      const user = await store.findUser(claims.userId);
      if (user?.status !== 'ACTIVE') return null;
      if (now.getTime() - session.lastSeenAt.getTime() >= lastSeenIntervalMs) {
        await store.setLastSeen(session.id, now, address ?? session.address);
      }
      return { user, sessionId: session.id, apiKey: null, expiresAt: session.expiresAt };
    },

    async changePassword(viewer, current, next, client) {
      demand(viewer, 'manageAccount');
      const { id, username, passwordHash } = viewer.user;
      if (passwordHash === null) {
        throw badInput(
          'currentPassword',
          'You sign in with the identity provider and have no password here. Change it there.',
        );
      }
      checkNewPassword('newPassword', next, [username]);
      await confirmPassword(viewer, 'currentPassword', current, client);
      await store.setPasswordHash(id, await passwords.hash(next));
      await store.deleteLinksOf(id);
      await deps.sessions.revokeAllOf(id, viewer.sessionId);
    },

    async reauthenticate(viewer, password, maxSignInAgeMs, client) {
      if (viewer.user.passwordHash !== null) {
        if (password === null) throw badInput('password', 'Enter your password to confirm.');
        return confirmPassword(viewer, 'password', password, client);
      }
      const session = viewer.sessionId === null ? null : await store.findSession(viewer.sessionId, clock());
      const ageMs = session ? clock().getTime() - session.createdAt.getTime() : Number.POSITIVE_INFINITY;
      // A creation time in the future means that the clock was set back, so the age is unknown.
      if (ageMs > -maxSkewMs && ageMs < maxSignInAgeMs) return;
      throw forbidden(
        `Your sign-in is older than ${maxSignInAgeMs / 60_000} minutes. Sign out, sign in and try again.`,
      );
    },
  };
};

/** Returned only after the password was verified, so that it reveals nothing about other accounts. */
const disabled = () => forbidden('Your account is disabled. Ask an administrator.');
