import { forbidden } from '../../../errors/failures.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../../paging/connections.ts';
import type { Session } from '../../account.ts';

const SessionRef = builder.objectRef<Session>('Session');

builder.node(SessionRef, {
  description: 'A session, created by one sign-in on one device.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.sessions.findMany(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    current: t.boolean({
      description: 'Whether this is the session of the current request.',
      resolve: ({ id }, _args, context) => id === viewerOf(context).sessionId,
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'The `User-Agent` header of the sign-in.',
    }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'The IP address that last used the session.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user signed in.' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'When the session was last used, accurate to one minute.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the session expires.' }),
  }),
});

const SessionEdge = builder.edgeObject({
  type: SessionRef,
  name: 'SessionEdge',
  description: 'A session in a list.',
});

const SessionConnection = builder.connectionObject(
  { type: SessionRef, name: 'SessionConnection', description: 'A page of sessions, newest first.' },
  SessionEdge,
);

const cursors = timeCursors('session');

builder.objectField(UserRef, 'sessions', (t) =>
  t.connection(
    {
      type: SessionRef,
      description: "The user's active sessions, newest first. `FORBIDDEN` for other users.",
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('You can list only your own sessions.');
        const page = await context.accounts.sessions.page(viewer, pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    SessionConnection,
    SessionEdge,
  ),
);
