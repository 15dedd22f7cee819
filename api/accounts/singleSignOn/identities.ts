import type { Logger } from 'pino';
import type { Identity, Role, User } from '../../access/user.ts';
import type { Ids } from '../../process/ids.ts';
import type { AccountStore } from '../store/store.ts';
import { usernameFrom } from '../usernames.ts';

/** The verified claims of an identity provider about a user. */
export interface IdentityClaims {
  readonly identity: Identity;
  /** The user's name at the provider. The local user name is the nearest valid one that is free. */
  readonly name: string | null;
  /** The role by the claims, applied at each sign-in; null: the provider doesn't manage roles. */
  readonly role: Role | null;
}

/** Maps the identities of providers to local users. */
export interface Identities {
  /**
   * Returns the user of an identity, created at the first sign-in. Only issuer and subject identify it: a name equal to
   * a local user's grants nothing. Disabled users are returned too, so the caller must check `status`.
   */
  findOrCreateUser(claims: IdentityClaims): Promise<User>;
}

export interface IdentitiesDeps {
  readonly store: AccountStore;
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
  /** Called when claims create a user or change its role. */
  readonly onChange?: (change: 'created' | 'role', user: User) => void;
}

/** Maximum attempts to find a free user name. */
const maxAttempts = 5;

export const createIdentities = ({ store, clock, ids, log, onChange }: IdentitiesDeps): Identities => {
  const updateRole = async (user: User, role: Role | null): Promise<User> => {
    if (role === null || role === user.role) return user;
    const updated = await store.updateUser(user.id, { role });
    if (updated === 'UPDATED') {
      onChange?.('role', { ...user, role });
      return { ...user, role };
    }
    // Claims must not leave the service without an administrator.
    log.warn({ user: user.id, role }, 'accounts: role claim ignored, user is the last administrator');
    return user;
  };

  return {
    async findOrCreateUser({ identity, name, role }) {
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const found = await store.findUserByIdentity(identity);
        if (found) return updateRole(found, role);
        const id = ids.next();
        // A ULID ends with its random part.
        const suffix = id.slice(-6).toLowerCase();
        const wanted = usernameFrom(name, `user-${suffix}`);
        const user: User = {
          id,
          username: attempt === 0 ? wanted : `${wanted}-${suffix}`,
          role: role ?? 'MEMBER',
          status: 'ACTIVE',
          passwordHash: null,
          identity,
          createdAt: clock(),
        };
        if (await store.insertUser(user)) {
          log.info(
            { user: id, issuer: identity.issuer, role: user.role },
            'accounts: user created at first sign-in with the provider',
          );
          onChange?.('created', user);
          return user;
        }
      }
      throw new Error(`no free user name for ${identity.subject} of ${identity.issuer}`);
    },
  };
};
