import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { ModelPullProgress } from './modelPullProgress.ts';

builder.subscriptionField('modelPull', (t) =>
  t.field({
    type: ModelPullProgress,
    skipTypeScopes: true,
    authScopes: { may: 'manageModels' },
    description:
      'Emits the progress of a model download until it ends, whichever replica runs it. Administrators only.',
    args: { id: t.arg.id({ required: true, description: 'The id of the download.' }) },
    subscribe: (_root, { id }, context) =>
      abortOnReturn((signal) => context.pulls.watch(viewerOf(context), id, signal)),
    resolve: (pull) => pull,
  }),
);
