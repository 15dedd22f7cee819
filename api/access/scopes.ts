import type { Permission } from './permissions.ts';

export const scopes = ['READ', 'CHAT', 'ADMIN'] as const;

/** What an API key may be let do of what its user may. */
export type Scope = (typeof scopes)[number];

/** With one of which a key has the permission, where its user has it. What has none here no key may do. */
export const scopesFor: Readonly<Record<Permission, readonly Scope[]>> = {
  read: ['READ'],
  followGenerations: ['READ', 'CHAT'],
  generate: ['CHAT'],
  cancelGenerations: ['CHAT'],
  writeConversations: ['CHAT'],
  manageUsers: ['ADMIN'],
  manageGenerations: ['ADMIN'],
  manageModels: ['ADMIN'],
  readAuditLog: ['ADMIN'],
  grantAccess: [],
  manageAccount: [],
  manageApiKeys: [],
};
