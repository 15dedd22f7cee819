/** The scopes of API keys, with their labels. */
export const scopes = [
  {
    scope: 'CHAT',
    word: 'chat',
    label: 'Chat',
    hint: 'Ask for answers, also through the REST and OpenAI APIs.',
  },
  { scope: 'READ', word: 'read', label: 'Read', hint: 'Read your conversations and answers.' },
  { scope: 'ADMIN', word: 'administer', label: 'Administer', hint: 'Manage users and models.' },
] as const;

export type Scope = (typeof scopes)[number]['scope'];

/** Returns a scope's label; a scope that only a newer server knows keeps its API name. */
export const wordOf = (scope: string): string =>
  scopes.find((known) => known.scope === scope)?.word ?? scope.toLowerCase();
