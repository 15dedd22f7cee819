import { createHash, randomBytes } from 'node:crypto';
import { checkNewPassword } from '../access/passwordStrength.ts';
import { demand, may } from '../access/permissions.ts';
import type { Role, User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { OneTimeLink } from './account.ts';
import type { Authentication, Client, IssuedSession } from './authentication.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import type { AccountStore } from './store/store.ts';
import { checkUsername } from './usernames.ts';
import { usernameTaken } from './users.ts';

/** The lifetime of each kind of link, in milliseconds. */
const lifetimes = { INVITE: 7 * 24 * 60 * 60_000, PASSWORD_RESET: 24 * 60 * 60_000 } as const;

/** The maximum length of an invite's note, in UTF-16 units. */
export const maxNoteLength = 200;

/** A new link with its secret, which is shown once: only its hash is stored. */
export interface IssuedLink {
  readonly link: OneTimeLink;
  /** 256 random bits in base64url. */
  readonly secret: string;
}

/** The details of a link, shown to its holder before the link is used. */
export type LinkPreview = Pick<OneTimeLink, 'kind' | 'role' | 'expiresAt'> & {
  /** The user whose password is reset; null for an invite. */
  readonly username: string | null;
};

/** An administrator without a password can create a reset link only this long after signing in, in milliseconds. */
const maxSignInAgeMs = 5 * 60_000;

/**
 * Invites and password reset links. Methods for administrators throw `FORBIDDEN` for other users. API keys can't create
 * links, because a link leads to a session.
 */
export interface OneTimeLinks {
  /** Creates an invite. Throws `BAD_USER_INPUT` if the note is too long. */
  invite(viewer: Viewer, role: Role, note: string | null): Promise<IssuedLink>;
  /** Returns a page of the invites that are still valid, newest first. */
  invites(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<OneTimeLink>>;
  /** Returns invites in the order of `ids`; null for one that doesn't exist or that the viewer may not see. */
  findInvites(viewer: Viewer, ids: readonly string[]): Promise<readonly (OneTimeLink | null)[]>;
  /** Revokes an invite. Throws `NOT_FOUND`. */
  revokeInvite(viewer: Viewer, id: string): Promise<void>;
  /**
   * Creates a password reset link and invalidates the user's earlier links. Requires the viewer's own password, or a
   * sign-in of the last five minutes if the viewer has none. The user's password stays valid until the link is used.
   * Throws `NOT_FOUND`, `BAD_USER_INPUT`, `RATE_LIMITED`.
   */
  resetPassword(
    viewer: Viewer,
    userId: string,
    password: string | null,
    client: Client,
  ): Promise<IssuedLink & { readonly user: User }>;
  /** Returns null for a link that is unknown, used or expired. Doesn't use up the link. */
  preview(secret: string): Promise<LinkPreview | null>;
  /** Creates the invited user and signs in. Throws `NOT_FOUND`, `BAD_USER_INPUT`. */
  acceptInvite(secret: string, username: string, password: string, client: Client): Promise<IssuedSession>;
  /** Sets the password, revokes all of the user's sessions, and signs in. Throws `NOT_FOUND`, `BAD_USER_INPUT`. */
  choosePassword(secret: string, password: string, client: Client): Promise<IssuedSession>;
}

export interface OneTimeLinksDeps {
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly authentication: Authentication;
  readonly passwords: Passwords;
  readonly clock: () => Date;
  readonly ids: Ids;
}

export const createOneTimeLinks = (deps: OneTimeLinksDeps): OneTimeLinks => {
  const { store, passwords, clock } = deps;

  const issue = async (
    fields: Pick<OneTimeLink, 'kind' | 'role' | 'userId' | 'note'>,
  ): Promise<IssuedLink> => {
    const secret = randomBytes(32).toString('base64url');
    const createdAt = clock();
    const expiresAt = new Date(createdAt.getTime() + lifetimes[fields.kind]);
    const link: OneTimeLink = {
      ...fields,
      id: deps.ids.next(),
      secretHash: hashOf(secret),
      createdAt,
      expiresAt,
    };
    await store.deleteExpiredLinks(createdAt);
    await store.insertLink(link);
    return { link, secret };
  };

  const find = async (secret: string, kind: OneTimeLink['kind']): Promise<OneTimeLink> => {
    const link = await store.findLink(hashOf(secret), clock());
    if (link?.kind !== kind) throw invalidLink();
    return link;
  };

  /** Uses up the link. Of several simultaneous uses, one succeeds. */
  const consume = async ({ secretHash }: OneTimeLink): Promise<void> => {
    if (!(await store.consumeLink(secretHash, clock()))) throw invalidLink();
  };

  return {
    async invite(viewer, role, note) {
      demand(viewer, 'grantAccess');
      if (note !== null && note.length > maxNoteLength) {
        throw badInput('note', `The note has ${note.length} characters. Shorten it to ${maxNoteLength}.`);
      }
      return issue({ kind: 'INVITE', role, userId: null, note: note?.trim() || null });
    },

    async invites(viewer, page) {
      demand(viewer, 'manageUsers');
      return store.pageOfInvites(page, clock());
    },

    findInvites: (viewer, ids) =>
      Promise.all(ids.map((id) => (may(viewer, 'manageUsers') ? store.findInvite(id, clock()) : null))),

    async revokeInvite(viewer, id) {
      demand(viewer, 'manageUsers');
      if (!(await store.deleteInvite(id))) throw notFound('invite');
    },

    async resetPassword(viewer, userId, password, client) {
      demand(viewer, 'grantAccess');
      await deps.authentication.reauthenticate(viewer, password, maxSignInAgeMs, client);
      const user = await store.findUser(userId);
      if (!user || user.status === 'DELETING') throw notFound('user');
      if (user.identity) {
        throw badInput(
          'id',
          `${user.username} signs in with the identity provider and has no password here. Reset it there.`,
        );
      }
      await store.deleteLinksOf(userId);
      return { user, ...(await issue({ kind: 'PASSWORD_RESET', role: null, userId, note: null })) };
    },

    async preview(secret) {
      const link = await store.findLink(hashOf(secret), clock());
      if (!link) return null;
      const user = link.userId === null ? null : await store.findUser(link.userId);
      return { ...link, username: user?.username ?? null };
    },

    async acceptInvite(secret, requestedName, password, client) {
      const link = await find(secret, 'INVITE');
      const username = checkUsername('username', requestedName);
      checkNewPassword('password', password, [username]);
      if (await store.findUserByName(username)) throw usernameTaken(username);
      const user: User = {
        id: deps.ids.next(),
        username,
        role: link.role ?? 'VIEWER',
        status: 'ACTIVE',
        passwordHash: await passwords.hash(password),
        identity: null,
        createdAt: clock(),
      };
      await consume(link);
      if (!(await store.insertUser(user))) {
        await store.insertLink(link);
        throw usernameTaken(username);
      }
      return deps.authentication.openSession(user, client);
    },

    async choosePassword(secret, password, client) {
      const link = await find(secret, 'PASSWORD_RESET');
      const user = await store.findUser(link.userId ?? '');
      if (user?.status !== 'ACTIVE') throw invalidLink();
      checkNewPassword('password', password, [user.username]);
      const passwordHash = await passwords.hash(password);
      await consume(link);
      await store.setPasswordHash(user.id, passwordHash);
      await deps.sessions.revokeAllOf(user.id);
      return deps.authentication.openSession({ ...user, passwordHash }, client);
    },
  };
};

/** Returns the hash that is stored. A fast hash is enough for 256 random bits. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

const invalidLink = () => notFound('link: it was used, has expired, or was revoked. Ask for a new one');
