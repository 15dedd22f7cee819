export const scopes = ['READ', 'CHAT', 'ADMIN'] as const;

/** A part of its user's permissions that an API key may have. `permissions.ts` lists which permission needs which. */
export type Scope = (typeof scopes)[number];
