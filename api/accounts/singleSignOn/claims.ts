import { type Role, roles } from '../../access/user.ts';

/**
 * The claim of this name: the one that is called just so (some are URLs), else the one at this path of names with dots
 * between them, such as `realm_access.roles`. Undefined where there is none.
 */
export const claimAt = (claims: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(member, claims);

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/**
 * The role that a claim gives: the highest of `admin`, `member` and `viewer`, in any case, that it names, as a list or as
 * words with spaces or commas between them. Who is given none by a provider that is asked for roles may read, no more.
 */
export const roleFromClaim = (claim: unknown): Role => {
  const listed = Array.isArray(claim) ? claim : String(claim ?? '').split(/[\s,]+/);
  const named = new Set(listed.map((role) => String(role).toUpperCase()));
  return roles.find((role) => named.has(role)) ?? 'VIEWER';
};

/** The first that there is of the claims that say what somebody is called (OpenID Connect Core 1.0, 5.1). */
export const usernameClaim = (claims: Readonly<Record<string, unknown>>): string | null => {
  const names = [claims.preferred_username, claims.nickname, claims.email, claims.name];
  const name = names.find((given) => typeof given === 'string' && given.trim() !== '');
  return typeof name === 'string' ? name : null;
};
