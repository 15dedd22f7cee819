/** The names of the roles and their permissions, the most powerful role last. */
export const roles = [
  { role: 'VIEWER', name: 'Viewer', may: 'Reads what is there already' },
  { role: 'MEMBER', name: 'Member', may: 'Chats, and keeps conversations' },
  { role: 'ADMIN', name: 'Administrator', may: 'Runs this service, its users too' },
] as const;

export type ChosenRole = (typeof roles)[number]['role'];

export const nameOfRole = (role: string): string => roles.find((known) => known.role === role)?.name ?? role;
