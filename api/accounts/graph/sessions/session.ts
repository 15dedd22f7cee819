import { forbidden } from '../../../errors/failures.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../../paging/connections.ts';
import type { Session } from '../../account.ts';

const SessionRef = builder.objectRef<Session>('Session');

builder.node(SessionRef, {
  description: 'One sign-in, on one device.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.sessions.findMany(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    current: t.boolean({
      description: 'Whether it is the one that asks.',
      resolve: ({ id }, _args, context) => id === viewerOf(context).sessionId,
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What signed in, as it calls itself.',
    }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'The IP address that it was used from last.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was begun.' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'When it was used last, to the minute.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
  }),
});

const SessionEdge = builder.edgeObject({
  type: SessionRef,
  name: 'SessionEdge',
  description: 'A session in a list.',
});

const SessionConnection = builder.connectionObject(
  { type: SessionRef, name: 'SessionConnection', description: 'A page of sessions, the newest first.' },
  SessionEdge,
);

const cursors = timeCursors('session');

builder.objectField(UserRef, 'sessions', (t) =>
  t.connection(
    {
      type: SessionRef,
      description: 'Where this user is signed in, the newest first. Shown to nobody else.',
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('Sessions are shown to their own user alone.');
        const page = await context.accounts.sessions.page(viewer, pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    SessionConnection,
    SessionEdge,
  ),
);
