import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { type UserUsage, userUsageKey } from '../service.ts';
import { UsageGroupRef, UsageSumRef } from './usage.ts';

const cursors = textCursors('userUsage');

const UserUsageRef = builder.objectRef<UserUsage>('UserUsage').implement({
  description: 'The usage of one user.',
  fields: (t) => ({
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user; null if they are just being deleted.',
      resolve: ({ userId }, _args, { loaders }) => loaders.user.load(userId),
    }),
    sum: t.field({ type: UsageSumRef, description: 'The total usage.', resolve: ({ sum }) => sum }),
    models: t.field({
      type: [UsageGroupRef],
      description: 'The usage by model, the one of most tokens first.',
      resolve: ({ models }) => models,
    }),
  }),
});

const UserUsageEdge = builder.edgeObject({
  type: UserUsageRef,
  name: 'UserUsageEdge',
  description: 'The usage of a user in a list.',
});

const UserUsageConnection = builder.connectionObject(
  {
    type: UserUsageRef,
    name: 'UserUsageConnection',
    description: 'A page of the usage of users, those of most tokens first.',
  },
  UserUsageEdge,
);

builder.queryField('usageByUser', (t) =>
  t.connection(
    {
      type: UserUsageRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description:
        'The usage of each user that has some, those of most tokens first, in whole days of UTC; 366 days at most. Administrators only.',
      args: {
        from: t.arg({ type: 'DateTime', description: 'The first day. Omitted: 30 days before `to`.' }),
        to: t.arg({ type: 'DateTime', description: 'The last day. Omitted: today.' }),
      },
      resolve: async (_root, { from, to, ...args }, context) => {
        const page = pageRequest(args, cursors);
        const period = { from: from ?? null, to: to ?? null };
        return connectionOf(
          await context.usage.byUser(viewerOf(context), period, page),
          cursors,
          userUsageKey,
        );
      },
    },
    UserUsageConnection,
    UserUsageEdge,
  ),
);

builder.objectField(UserRef, 'lastActiveAt', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'When the user last used a session that they have not ended, or else the last day with an answer, such as one by an API key. Null if unknown, or if the viewer may not see it.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      if (user.id !== viewer.user.id && !may(viewer, 'manageUsers')) return null;
      return context.loaders.lastActive.load(user);
    },
  }),
);
