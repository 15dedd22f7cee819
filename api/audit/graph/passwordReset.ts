import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { AuditEntry } from '../auditEvent.ts';

const PasswordResetRef = builder.objectRef<AuditEntry>('PasswordReset').implement({
  description: 'A link for a new password that an administrator created.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was created.' }),
    by: t.exposeString('username', { nullable: true, description: 'The name of the administrator.' }),
  }),
});

builder.objectField(UserRef, 'lastPasswordReset', (t) =>
  t.field({
    type: PasswordResetRef,
    nullable: true,
    description:
      'The last link for a new password that an administrator created for the viewer, within 30 days. Null where there is none, for other users and for API keys.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      return user.id === viewer.user.id ? context.auditLog.lastPasswordReset(viewer) : null;
    },
  }),
);
