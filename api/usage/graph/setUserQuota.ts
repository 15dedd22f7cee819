import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { UserRef } from '../../graph/user.ts';
import { maxQuota } from '../quotas.ts';

const tokens = { min: 0, max: maxQuota };

builder.relayMutationField(
  'setUserQuota',
  {
    description: 'The quotas of a user, which override the quotas of the role.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the user.' }),
      day: t.float({ description: "The daily quota in tokens. Omitted: the role's.", bounds: tokens }),
      month: t.float({ description: "The monthly quota in tokens. Omitted: the role's.", bounds: tokens }),
    }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description: "Sets a user's token quotas, effective immediately.",
    resolve: async (_root, { input: { id, day, month } }, context) => {
      const userId = decodeId('User', id);
      await context.quotas.set(viewerOf(context), userId, { day: day ?? null, month: month ?? null });
      return { user: await context.loaders.user.load(userId) };
    },
  },
  {
    description: 'The changed user.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        nullable: true,
        description: 'The user after the change.',
        resolve: ({ user }) => user,
      }),
    }),
  },
);
