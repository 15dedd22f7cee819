/** What a key may be allowed, as the API names it, with its words. */
export const scopes = [
  {
    scope: 'CHAT',
    word: 'chat',
    label: 'Chat',
    hint: 'Ask for answers, also by the REST and OpenAI addresses.',
  },
  { scope: 'READ', word: 'read', label: 'Read', hint: 'Read your conversations and answers.' },
  { scope: 'ADMIN', word: 'administer', label: 'Administer', hint: 'Manage users and models.' },
] as const;

export type Scope = (typeof scopes)[number]['scope'];

/** A scope of a server that is newer than this page is called as the API calls it. */
export const wordOf = (scope: string): string =>
  scopes.find((known) => known.scope === scope)?.word ?? scope.toLowerCase();
