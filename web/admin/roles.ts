import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** The names of the roles and their permissions, the most powerful role last. */
export const roles = [
  { role: 'VIEWER', name: msg`Viewer`, may: msg`Reads existing conversations` },
  { role: 'MEMBER', name: msg`Member`, may: msg`Chats and stores conversations` },
  { role: 'ADMIN', name: msg`Administrator`, may: msg`Manages this service and its users` },
] as const;

export type ChosenRole = (typeof roles)[number]['role'];

export const nameOfRole = (role: string): string => {
  const known = roles.find((each) => each.role === role);
  return known ? i18n._(known.name) : role;
};
