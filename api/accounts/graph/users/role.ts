import { builder } from '../../../graph/builder.ts';

export const RoleRef = builder.enumType('Role', {
  description: 'What a user may do.',
  values: {
    ADMIN: { description: 'All that a member may, and to run the service: its users among other things.' },
    MEMBER: { description: 'To ask for answers, and to make, change and delete conversations of their own.' },
    VIEWER: {
      description:
        'To read: conversations that are theirs already, models, and what is being made for them. Nothing is asked for, made or changed but their own password and sessions. Their data can be exported, and their account deleted.',
    },
  },
});
