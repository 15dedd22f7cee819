import { forbidden } from '../failures.ts';
import type { Role } from './account.ts';
import type { Viewer } from './viewer.ts';

/**
 * Who may do what, beside reading what is one's own and looking after one's own account, which everybody may who is
 * signed in. What isn't here nobody may.
 */
export const permissions = {
  /** To have answers made, in conversations or through REST. */
  generate: ['ADMIN', 'MEMBER'],
  /** To make, change and delete one's own conversations. */
  writeConversations: ['ADMIN', 'MEMBER'],
  /** To see all users, to invite and make them, and to change, disable and delete them. */
  manageUsers: ['ADMIN'],
  /** To fetch and delete models, and to see where they are. */
  manageModels: ['ADMIN'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;

const refusals: Readonly<Record<Permission, string>> = {
  generate: 'Your role is to read: it does not let you ask for answers.',
  writeConversations: 'Your role is to read: it does not let you change conversations.',
  manageUsers: 'Only administrators may do this.',
  manageModels: 'Only administrators may fetch and delete models.',
};

export const may = (viewer: Viewer | null, permission: Permission): boolean => {
  const allowed: readonly Role[] = permissions[permission];
  return viewer !== null && allowed.includes(viewer.user.role);
};

/** Throws `FORBIDDEN` where the viewer may not. */
export const demand = (viewer: Viewer, permission: Permission): void => {
  if (!may(viewer, permission)) throw forbidden(`${refusals[permission]} Ask an administrator.`);
};
