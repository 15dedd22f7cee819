import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { UserRef } from '../../graph/user.ts';
import { maxQuota } from '../quotas.ts';

const tokens = { min: 0, max: maxQuota };

builder.relayMutationField(
  'setUserQuota',
  {
    description: 'What a user may use instead of what the role may.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The user.' }),
      day: t.float({ description: 'Tokens a day. None: what the role has.', bounds: tokens }),
      month: t.float({ description: 'Tokens a month. None: what the role has.', bounds: tokens }),
    }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description: 'Gives a user another quota than the role has, from now on.',
    resolve: async (_root, { input: { id, day, month } }, context) => {
      const userId = decodeId('User', id);
      await context.quotas.set(viewerOf(context), userId, { day: day ?? null, month: month ?? null });
      return { user: await context.loaders.user.load(userId) };
    },
  },
  {
    description: 'Who was given it.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        nullable: true,
        description: 'As it is now.',
        resolve: ({ user }) => user,
      }),
    }),
  },
);
