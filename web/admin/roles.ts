/** The names of the roles and their permissions, the most powerful role last. */
export const roles = [
  { role: 'VIEWER', name: 'Viewer', may: 'Reads existing conversations' },
  { role: 'MEMBER', name: 'Member', may: 'Chats and stores conversations' },
  { role: 'ADMIN', name: 'Administrator', may: 'Manages this service and its users' },
] as const;

export type ChosenRole = (typeof roles)[number]['role'];

export const nameOfRole = (role: string): string => roles.find((known) => known.role === role)?.name ?? role;
