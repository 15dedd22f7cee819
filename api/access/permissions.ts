import { forbidden } from '../errors/failures.ts';
import { scopesFor } from './scopes.ts';
import { type Role, roles } from './user.ts';
import type { Viewer } from './viewer.ts';

/** Which roles may do what. What isn't here nobody may. An API key needs a scope for it besides (`apiKeys/scopes.ts`). */
export const permissions = {
  /** To read what is one's own. */
  read: roles,
  /** To follow an answer of one's own while it is made. */
  followGenerations: roles,
  /** To have answers made, in conversations or through REST. */
  generate: ['ADMIN', 'MEMBER'],
  /** To end an answer of one's own that is being made. */
  cancelGenerations: roles,
  /** To make, change and delete one's own conversations. */
  writeConversations: ['ADMIN', 'MEMBER'],
  /** To see all users, to invite and make them, and to change, disable and delete them. */
  manageUsers: ['ADMIN'],
  /**
   * To start what lets somebody in: an account, an invite, a new password, the role of an administrator. No API key may:
   * a key that leaks must not become a session.
   */
  grantAccess: ['ADMIN'],
  /** To see everybody's API keys, though not the secrets, and to end them. */
  manageApiKeys: ['ADMIN'],
  /** To see what is made for all users just now, though not what it is, and to end it. */
  manageGenerations: ['ADMIN'],
  /** To fetch and delete models, and to see where they are. */
  manageModels: ['ADMIN'],
  /** To read what everybody did. */
  readAuditLog: ['ADMIN'],
  /** To look after one's own account: password, sessions, API keys. */
  manageAccount: roles,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;

/** For those that not every role has. */
const refusals: Readonly<Partial<Record<Permission, string>>> = {
  generate: 'Your role is to read: it does not let you ask for answers.',
  writeConversations: 'Your role is to read: it does not let you change conversations.',
  manageUsers: 'Only administrators may do this.',
  grantAccess: 'Only administrators may do this.',
  manageApiKeys: 'Only administrators may do this.',
  manageGenerations: 'Only administrators may do this.',
  readAuditLog: 'Only administrators may read the audit log.',
  manageModels: 'Only administrators may fetch and delete models.',
};

export const may = (viewer: Viewer | null, permission: Permission): boolean =>
  viewer !== null && roleMay(viewer.user.role, permission) && keyMay(viewer, permission);

/** Throws `FORBIDDEN` where the viewer may not. */
export const demand = (viewer: Viewer, permission: Permission): void => {
  if (!roleMay(viewer.user.role, permission)) {
    throw forbidden(`${refusals[permission] ?? 'Your role does not let you do this.'} Ask an administrator.`);
  }
  if (keyMay(viewer, permission)) return;
  const needed = scopesFor[permission].join(' or ');
  throw forbidden(
    needed === ''
      ? 'No API key may do this. Sign in yourself.'
      : `This API key may not do this: it lacks the scope ${needed}. Make one that has it, in the settings.`,
  );
};

/** Whether the role has the permission. */
export const roleMay = (role: Role, permission: Permission): boolean => {
  const allowed: readonly Role[] = permissions[permission];
  return allowed.includes(role);
};

const keyMay = ({ apiKey }: Viewer, permission: Permission): boolean =>
  apiKey === null || scopesFor[permission].some((scope) => apiKey.scopes.includes(scope));
