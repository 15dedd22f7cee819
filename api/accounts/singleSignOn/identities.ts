import type { Logger } from 'pino';
import type { Identity, Role, User } from '../../access/user.ts';
import type { Ids } from '../../process/ids.ts';
import type { AccountStore } from '../store/store.ts';
import { usernameFrom } from '../usernames.ts';

/** What a provider that we believe says of somebody. */
export interface IdentityClaims {
  readonly identity: Identity;
  /** What they are called there: the name here is the nearest to it that is free. */
  readonly name: string | null;
  /** The role they have by their claims, which then holds at each sign-in; null: claims say nothing of roles. */
  readonly role: Role | null;
}

/** Users that sign in elsewhere. */
export interface Identities {
  /**
   * The user whom the provider vouches for, made at first sight. It is found by issuer and subject alone: a name that is
   * the same as a local user's gives nothing. Whoever calls looks at `status`: a disabled user is found too.
   */
  findOrCreateUser(claims: IdentityClaims): Promise<User>;
}

export interface IdentitiesDeps {
  readonly store: AccountStore;
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
  /** Told of a user that was made, or got another role, by what a provider says. */
  readonly onChange?: (change: 'created' | 'role', user: User) => void;
}

/** How often another name is tried where the one before is taken. */
const maxNames = 5;

export const createIdentities = ({ store, clock, ids, log, onChange }: IdentitiesDeps): Identities => {
  const brought = async (user: User, role: Role | null): Promise<User> => {
    if (role === null || role === user.role) return user;
    const updated = await store.updateUser(user.id, { role });
    if (updated === 'UPDATED') {
      onChange?.('role', { ...user, role });
      return { ...user, role };
    }
    // Claims must not leave the service without an administrator.
    log.warn({ user: user.id, role }, 'the last administrator stays one, whatever the claims say');
    return user;
  };

  return {
    async findOrCreateUser({ identity, name, role }) {
      for (let tries = 0; tries < maxNames; tries += 1) {
        const found = await store.findUserByIdentity(identity);
        if (found) return brought(found, role);
        const id = ids.next();
        // The end of a ULID is its random part.
        const suffix = id.slice(-6).toLowerCase();
        const wanted = usernameFrom(name, `user-${suffix}`);
        const user: User = {
          id,
          username: tries === 0 ? wanted : `${wanted}-${suffix}`,
          role: role ?? 'MEMBER',
          status: 'ACTIVE',
          passwordHash: null,
          identity,
          createdAt: clock(),
        };
        if (await store.insertUser(user)) {
          log.info({ user: id, issuer: identity.issuer, role: user.role }, 'a user was made at first sight');
          onChange?.('created', user);
          return user;
        }
      }
      throw new Error(`no name is free for ${identity.subject} of ${identity.issuer}`);
    },
  };
};
