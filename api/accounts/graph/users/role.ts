import { builder } from '../../../graph/builder.ts';

export const RoleRef = builder.enumType('Role', {
  description: "A user's role, which determines their permissions.",
  values: {
    ADMIN: {
      description:
        'Everything a member can do, and administration: users, models, generations, limits and the audit log.',
    },
    MEMBER: { description: 'Can generate answers, and create, change and delete their own conversations.' },
    VIEWER: {
      description:
        'Can read their own conversations, the models and their running generations. Cannot generate answers or change conversations. Can change their password, end their sessions, export their data and delete their account.',
    },
  },
});
