import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { UsageReport } from '../service.ts';
import type { UsageSum } from '../usage.ts';

const UsageGroupingRef = builder.enumType('UsageGrouping', {
  description: 'How a usage report is grouped.',
  values: {
    DAY: { description: 'By day, in UTC.' },
    MODEL: { description: 'By the model that answered.' },
  } as const,
});

export const UsageSumRef = builder.objectRef<UsageSum>('UsageSum').implement({
  description: 'Total usage.',
  fields: (t) => ({
    generations: t.exposeFloat('generations', {
      description: 'The number of ended generations, with any status.',
    }),
    cachedGenerations: t.exposeFloat('cached', {
      description: 'The number of those that were answered from the response cache, which costs no tokens.',
    }),
    cacheHitRate: t.float({
      nullable: true,
      description:
        'The share of generations that were answered from the response cache, 0 to 1; null if there were none.',
      resolve: ({ generations, cached }) => (generations === 0 ? null : cached / generations),
    }),
    promptTokens: t.exposeFloat('promptTokens', { description: 'The number of prompt tokens.' }),
    completionTokens: t.exposeFloat('completionTokens', { description: 'The number of answer tokens.' }),
  }),
});

export const UsageGroupRef = builder.objectRef<UsageReport['groups'][number]>('UsageGroup').implement({
  description: 'The usage of one day or one model.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The day, such as `2026-01-31`, or the name of the model.' }),
    sum: t.field({ type: UsageSumRef, description: 'The usage of the group.', resolve: ({ sum }) => sum }),
  }),
});

const UsageReportRef = builder.objectRef<UsageReport>('UsageReport').implement({
  description: 'A report of usage. Deleted conversations are included.',
  fields: (t) => ({
    total: t.field({ type: UsageSumRef, description: 'The total usage.', resolve: ({ total }) => total }),
    groups: t.field({
      type: [UsageGroupRef],
      description: 'The groups, sorted by day or model name; groups without usage are left out.',
      resolve: ({ groups }) => groups,
    }),
  }),
});

builder.queryFields((t) => {
  const reportArgs = () => ({
    from: t.arg({ type: 'DateTime', description: 'The first day. Omitted: 30 days before `to`.' }),
    to: t.arg({ type: 'DateTime', description: 'The last day. Omitted: today.' }),
    by: t.arg({
      type: UsageGroupingRef,
      required: true,
      defaultValue: 'DAY',
      description: 'How to group the usage.',
    }),
  });
  return {
    usage: t.field({
      type: UsageReportRef,
      description: "The viewer's usage, in whole days of UTC; 366 days at most.",
      args: reportArgs(),
      resolve: (_root, { from, to, by }, context) =>
        context.usage.report(viewerOf(context), { from: from ?? null, to: to ?? null, by }),
    }),
    usageOfAll: t.field({
      type: UsageReportRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description:
        'The usage of all users together, in whole days of UTC; 366 days at most. Administrators only. Deleted users are left out.',
      args: reportArgs(),
      resolve: (_root, { from, to, by }, context) =>
        context.usage.reportOfAll(viewerOf(context), { from: from ?? null, to: to ?? null, by }),
    }),
  };
});
