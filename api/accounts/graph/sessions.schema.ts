import type { User } from '../../access/user.ts';
import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { Session } from '../account.ts';
import { UserRef } from './schema.ts';

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

builder.relayMutationField(
  'revokeSession',
  {
    description: 'Which session to end.',
    inputFields: (t) => ({ id: t.id({ required: true, description: "The session, one of the viewer's." }) }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description: 'Ends a session: its token, its cookie and its sockets, on all replicas at once.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Session', input.id);
      await context.accounts.sessions.revoke(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      deletedSessionId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('Session', id),
      }),
    }),
  },
);

interface RevokedOthers {
  readonly user: User;
  readonly ended: number;
}

builder.relayMutationField(
  'revokeOtherSessions',
  { description: 'Nothing to say.', inputFields: () => ({}) },
  {
    authScopes: { may: 'manageAccount' },
    description: "Ends all of the viewer's sessions but this one.",
    resolve: async (_root, _args, context): Promise<RevokedOthers> => {
      const viewer = viewerOf(context);
      return { user: viewer.user, ended: await context.accounts.sessions.revokeOthers(viewer) };
    },
  },
  {
    description: 'What is left.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user, with this session alone.',
        resolve: ({ user }: RevokedOthers) => user,
      }),
      ended: t.int({
        description: 'How many sessions were ended.',
        resolve: ({ ended }: RevokedOthers) => ended,
      }),
    }),
  },
);
