import { may } from '../../access/permissions.ts';
import { UserRef } from '../../accounts/graph/schema.ts';
import { builder } from '../../graph/builder.ts';
import { maxQuota } from '../quotas.ts';

const tokens = { min: 0, max: maxQuota };

import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { isNearLimit, type Quota } from '../quota.ts';

const QuotaPeriodRef = builder.enumType('QuotaPeriod', {
  description: 'How long a quota is for.',
  values: {
    DAY: { description: 'A day of UTC.' },
    MONTH: { description: 'A calendar month of UTC.' },
  } as const,
});

const QuotaRef = builder.objectRef<Quota>('Quota').implement({
  description: 'Tokens that a user may use in a period, prompts and answers together.',
  fields: (t) => ({
    period: t.field({
      type: QuotaPeriodRef,
      description: 'How long it is for.',
      resolve: ({ period }) => period,
    }),
    used: t.exposeFloat('used', { description: 'Tokens used in this period so far.' }),
    limit: t.exposeFloat('limit', { description: 'Tokens there are.' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime', description: 'When the next period begins.' }),
    isOwn: t.exposeBoolean('isOwn', {
      description: 'Whether an administrator gave it to this user, and it is not what the role has.',
    }),
    roleLimit: t.exposeFloat('roleLimit', {
      nullable: true,
      description: 'Tokens that the role has, which hold where none are given to the user; null: no limit.',
    }),
    isNear: t.boolean({
      description: 'Whether four fifths of it are used: time to say so.',
      resolve: isNearLimit,
    }),
  }),
});

builder.objectField(UserRef, 'quota', (t) =>
  t.field({
    type: [QuotaRef],
    description:
      'What the user may use, the day first; none where nothing is limited, or it is not the viewer’s to see.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      if (user.id !== viewer.user.id && !may(viewer, 'manageUsers')) return [];
      return [...(await context.loaders.quotas.load(user))];
    },
  }),
);

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
      const [user] = await context.accounts.users.findMany(viewerOf(context), [userId]);
      return { user: user ?? null };
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
