import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { isNearLimit, type Quota } from '../quota.ts';

const QuotaPeriodRef = builder.enumType('QuotaPeriod', {
  description: 'The period of a quota.',
  values: {
    DAY: { description: 'A day, in UTC.' },
    MONTH: { description: 'A calendar month, in UTC.' },
  } as const,
});

const QuotaRef = builder.objectRef<Quota>('Quota').implement({
  description: 'A token quota: the maximum number of tokens, of prompts and answers together, per period.',
  fields: (t) => ({
    period: t.field({
      type: QuotaPeriodRef,
      description: 'The period.',
      resolve: ({ period }) => period,
    }),
    used: t.exposeFloat('used', { description: 'The tokens used in the current period.' }),
    limit: t.exposeFloat('limit', { description: 'The maximum number of tokens in the period.' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime', description: 'When the next period begins.' }),
    isOwn: t.exposeBoolean('isOwn', {
      description: "Whether an administrator set the quota for this user, overriding the role's.",
    }),
    roleLimit: t.exposeFloat('roleLimit', {
      nullable: true,
      description: "The quota of the user's role, in tokens; null if the role has no limit.",
    }),
    isNear: t.boolean({
      description: 'Whether at least 80 % of the quota is used.',
      resolve: isNearLimit,
    }),
  }),
});

builder.objectField(UserRef, 'quota', (t) =>
  t.field({
    type: [QuotaRef],
    description:
      "The user's quotas, daily first; empty if there are none, or if the viewer may not see them.",
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      if (user.id !== viewer.user.id && !may(viewer, 'manageUsers')) return [];
      return [...(await context.loaders.quotas.load(user))];
    },
  }),
);
