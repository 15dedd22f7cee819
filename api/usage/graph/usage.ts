import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { UsageReport } from '../service.ts';
import type { UsageSum } from '../usage.ts';

const UsageGroupingRef = builder.enumType('UsageGrouping', {
  description: 'What a report of usage is broken down by.',
  values: {
    DAY: { description: 'By day, in UTC.' },
    MODEL: { description: 'By the model that answered.' },
  } as const,
});

const UsageSumRef = builder.objectRef<UsageSum>('UsageSum').implement({
  description: 'What was used, added up.',
  fields: (t) => ({
    generations: t.exposeFloat('generations', { description: 'Answers that came to an end, whichever.' }),
    cachedGenerations: t.exposeFloat('cached', {
      description: 'Those of them that were stored ones, which cost no tokens.',
    }),
    cacheHitRate: t.float({
      nullable: true,
      description: 'The part of the answers that were stored ones, 0 to 1; null where there was none.',
      resolve: ({ generations, cached }) => (generations === 0 ? null : cached / generations),
    }),
    promptTokens: t.exposeFloat('promptTokens', { description: 'What models read.' }),
    completionTokens: t.exposeFloat('completionTokens', { description: 'What models wrote.' }),
  }),
});

const UsageGroupRef = builder.objectRef<UsageReport['groups'][number]>('UsageGroup').implement({
  description: 'What was used on one day, or of one model.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The day, such as `2026-01-31`, or the name of the model.' }),
    sum: t.field({ type: UsageSumRef, description: 'What was used.', resolve: ({ sum }) => sum }),
  }),
});

const UsageReportRef = builder.objectRef<UsageReport>('UsageReport').implement({
  description: 'What the viewer used. What is deleted stays counted.',
  fields: (t) => ({
    total: t.field({ type: UsageSumRef, description: 'All of it.', resolve: ({ total }) => total }),
    groups: t.field({
      type: [UsageGroupRef],
      description: 'In the order of days or names; those without any usage are left out.',
      resolve: ({ groups }) => groups,
    }),
  }),
});

builder.queryField('usage', (t) =>
  t.field({
    type: UsageReportRef,
    description: 'What the viewer used, in whole days of UTC, 366 of them at most.',
    args: {
      from: t.arg({
        type: 'DateTime',
        description: 'From the day of this moment on. None: 30 days before `to`.',
      }),
      to: t.arg({ type: 'DateTime', description: 'Up to the day of this moment. None: now.' }),
      by: t.arg({
        type: UsageGroupingRef,
        required: true,
        defaultValue: 'DAY',
        description: 'What to break it down by.',
      }),
    },
    resolve: (_root, { from, to, by }, context) =>
      context.usage.report(viewerOf(context), { from: from ?? null, to: to ?? null, by }),
  }),
);
