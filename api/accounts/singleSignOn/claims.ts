import { type Role, roles } from '../../access/user.ts';

/**
 * Returns the claim with this exact name (some names are URLs), or else the one at this dotted path, such as
 * `realm_access.roles`. Undefined if there is none.
 */
export const claimAt = (claims: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(member, claims);

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/**
 * Returns the highest role that a claim names, regardless of case. The claim is a list, or a text separated by spaces or
 * commas. A claim without a known role gives `VIEWER`, the least privilege.
 */
export const roleFromClaim = (claim: unknown): Role => {
  const listed = Array.isArray(claim) ? claim : String(claim ?? '').split(/[\s,]+/);
  const named = new Set(listed.map((role) => String(role).toUpperCase()));
  return roles.find((role) => named.has(role)) ?? 'VIEWER';
};

/** Returns the first claim with a name for the user (OpenID Connect Core 1.0, 5.1), else the subject; null without both. */
export const usernameClaim = (claims: Readonly<Record<string, unknown>>): string | null => {
  const names = [claims.preferred_username, claims.nickname, claims.email, claims.name, claims.sub];
  const name = names.find((claim) => typeof claim === 'string' && claim.trim() !== '');
  return typeof name === 'string' ? name : null;
};
