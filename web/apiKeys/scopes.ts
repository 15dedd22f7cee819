import { t } from '@lingui/core/macro';

/** The scopes of API keys, with their labels. */
export const scopes = [
  {
    scope: 'CHAT',
    word: () => t({ message: 'chat', context: 'permission' }),
    label: () => t({ message: 'Chat', context: 'permission' }),
    hint: () => t`Ask for answers, also through the REST and OpenAI APIs.`,
  },
  {
    scope: 'READ',
    word: () => t({ message: 'read', context: 'permission' }),
    label: () => t({ message: 'Read', context: 'permission' }),
    hint: () => t`Read your conversations and answers.`,
  },
  {
    scope: 'ADMIN',
    word: () => t({ message: 'administer', context: 'permission' }),
    label: () => t({ message: 'Administer', context: 'permission' }),
    hint: () => t`Manage users and models.`,
  },
] as const;

export type Scope = (typeof scopes)[number]['scope'];

/** Returns a scope's label; a scope that only a newer server knows keeps its API name. */
export const wordOf = (scope: string): string =>
  scopes.find((known) => known.scope === scope)?.word() ?? scope.toLowerCase();
