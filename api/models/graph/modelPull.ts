import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { untilReturn } from '../../realtime/untilReturn.ts';
import { ModelPullProgress } from './modelPullProgress.ts';

builder.subscriptionField('modelPull', (t) =>
  t.field({
    type: ModelPullProgress,
    skipTypeScopes: true,
    authScopes: { may: 'manageModels' },
    description: 'Follows the fetching of a model to its end, whichever replica it runs on.',
    args: { id: t.arg.id({ required: true, description: "The pull's id." }) },
    subscribe: (_root, { id }, context) =>
      untilReturn((signal) => context.pulls.watch(viewerOf(context), id, signal)),
    resolve: (pull) => pull,
  }),
);
