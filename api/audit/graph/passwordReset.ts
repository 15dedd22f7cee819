import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { AuditEntry } from '../auditEvent.ts';

const PasswordResetRef = builder.objectRef<AuditEntry>('PasswordReset').implement({
  description: 'A password reset link that an administrator created.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When the link was created.' }),
    by: t.exposeString('username', { nullable: true, description: 'The username of the administrator.' }),
  }),
});

builder.objectField(UserRef, 'lastPasswordReset', (t) =>
  t.field({
    type: PasswordResetRef,
    nullable: true,
    description:
      'The latest password reset link that an administrator created for the viewer in the last 30 days. Null if there is none, for other users, and for API keys.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      return user.id === viewer.user.id ? context.auditLog.lastPasswordReset(viewer) : null;
    },
  }),
);
