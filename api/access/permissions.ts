import { forbidden } from '../errors/failures.ts';
import type { Scope } from './scopes.ts';
import { type Role, roles } from './user.ts';
import type { Viewer } from './viewer.ts';

/** The roles that have each permission. What isn't listed is denied. An API key also needs a scope (`scopesFor`). */
export const permissions = {
  /** To read one's own data. */
  read: roles,
  /** To watch one's own running generations. */
  followGenerations: roles,
  /** To generate answers, in conversations and over REST. */
  generate: ['ADMIN', 'MEMBER'],
  /** To cancel one's own running generations. */
  cancelGenerations: roles,
  /** To create, change and delete one's own conversations. */
  writeConversations: ['ADMIN', 'MEMBER'],
  /** To create, change and delete one's own presets. */
  writePresets: ['ADMIN', 'MEMBER'],
  /** To share presets with all users, and to change shared ones. */
  sharePresets: ['ADMIN'],
  /** To share collections of documents with all users, to change shared ones of one's own, and to withdraw all. */
  shareCollections: ['ADMIN'],
  /**
   * To read from the Docker Engine, and to request commands that change containers. Denied to every API key: logs can hold
   * secrets of the machine, and a leaked key must not read them.
   */
  useDocker: ['ADMIN', 'MEMBER'],
  /**
   * To confirm and decline such commands. Denied to every API key: a person has to look at the effect of each command.
   */
  confirmDockerCommands: ['ADMIN'],
  /**
   * To register and delete one's own agents, and to decide what they do. Denied to every API key: a person has to decide.
   * Agents report with `generate`.
   */
  decideHealings: ['ADMIN', 'MEMBER'],
  /** To allow and deny the calls of tools of one's own answers. Denied to every API key: a person has to decide. */
  decideToolCalls: ['ADMIN', 'MEMBER'],
  /** To publish one's own conversations by links. Denied to every API key: a leaked key must not publish. */
  shareConversations: ['ADMIN', 'MEMBER'],
  /** To list all users, and to invite, create, change, disable and delete them. */
  manageUsers: ['ADMIN'],
  /**
   * To grant access: create accounts, invites and new passwords, and make users administrators. Denied to every API key:
   * a leaked key must not become a session.
   */
  grantAccess: ['ADMIN'],
  /** To list the API keys of all users, without their secrets, and to revoke them. */
  manageApiKeys: ['ADMIN'],
  /** To list the running generations of all users, without their content, and to cancel them. */
  manageGenerations: ['ADMIN'],
  /** To fetch and delete models, and to see on which servers they are. */
  manageModels: ['ADMIN'],
  /** To place and release legal holds, and to list them. Denied to every API key: a leaked key must not release data. */
  manageLegalHolds: ['ADMIN'],
  /** To read the audit log. */
  readAuditLog: ['ADMIN'],
  /** To manage one's own account: password, sessions, API keys. */
  manageAccount: roles,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;

/** The scopes of which an API key needs one for a permission, besides its user's role. None: denied to every key. */
const scopesFor: Readonly<Record<Permission, readonly Scope[]>> = {
  read: ['READ'],
  followGenerations: ['READ', 'CHAT'],
  generate: ['CHAT'],
  cancelGenerations: ['CHAT'],
  writeConversations: ['CHAT'],
  writePresets: ['CHAT'],
  sharePresets: ['ADMIN'],
  shareCollections: ['ADMIN'],
  useDocker: [],
  confirmDockerCommands: [],
  decideHealings: [],
  decideToolCalls: [],
  shareConversations: [],
  manageUsers: ['ADMIN'],
  manageGenerations: ['ADMIN'],
  manageModels: ['ADMIN'],
  readAuditLog: ['ADMIN'],
  grantAccess: [],
  manageLegalHolds: [],
  manageAccount: [],
  manageApiKeys: [],
};

/** Messages for the permissions that not every role has. */
const denials: Readonly<Partial<Record<Permission, string>>> = {
  generate: 'Your account is read-only: it cannot generate answers.',
  writeConversations: 'Your account is read-only: it cannot change conversations.',
  writePresets: 'Your account is read-only: it cannot change presets.',
  sharePresets: 'Only administrators may share presets and change shared ones.',
  shareCollections: 'Only administrators may share collections and change shared ones.',
  useDocker: 'Your account is read-only: it cannot run Docker commands.',
  confirmDockerCommands: 'Only administrators may confirm and decline Docker commands.',
  decideHealings: 'Your account is read-only: it cannot decide what agents do.',
  decideToolCalls: 'Your account is read-only: it cannot decide on calls of tools.',
  shareConversations: 'Your account is read-only: it cannot share conversations.',
  manageUsers: 'Only administrators may do this.',
  grantAccess: 'Only administrators may do this.',
  manageLegalHolds: 'Only administrators may do this.',
  manageApiKeys: 'Only administrators may do this.',
  manageGenerations: 'Only administrators may do this.',
  readAuditLog: 'Only administrators may read the audit log.',
  manageModels: 'Only administrators may fetch and delete models.',
};

/** Whether the viewer has the permission: by role, and for an API key also by scope. False for anonymous users. */
export const may = (viewer: Viewer | null, permission: Permission): boolean =>
  viewer !== null && roleMay(viewer.user.role, permission) && keyMay(viewer, permission);

/** Throws `FORBIDDEN` if the viewer lacks the permission. */
export const demand = (viewer: Viewer, permission: Permission): void => {
  if (!roleMay(viewer.user.role, permission)) {
    throw forbidden(
      `${denials[permission] ?? 'Your role does not have this permission.'} Ask an administrator.`,
    );
  }
  if (keyMay(viewer, permission)) return;
  if (viewer.apiKey === null) throw forbidden('No tool may do this. The user has to do it in the app.');
  const needed = scopesFor[permission].join(' or ');
  throw forbidden(
    needed === ''
      ? 'API keys may not do this. Sign in instead.'
      : `This API key lacks the scope ${needed}. Create a key that has it, in the settings.`,
  );
};

/** Whether the role has the permission. */
export const roleMay = (role: Role, permission: Permission): boolean => {
  const allowed: readonly Role[] = permissions[permission];
  return allowed.includes(role);
};

/** Whether only a person has the permission: no API key, and no tool that a model calls. */
export const isForPersons = (permission: Permission): boolean => scopesFor[permission].length === 0;

const keyMay = ({ apiKey, origin }: Viewer, permission: Permission): boolean =>
  apiKey === null
    ? origin?.surface !== 'tool' || !isForPersons(permission)
    : scopesFor[permission].some((scope) => apiKey.scopes.includes(scope));
