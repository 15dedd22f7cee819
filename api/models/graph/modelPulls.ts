import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { ModelPullProgress } from './modelPullProgress.ts';

builder.queryField('modelPulls', (t) =>
  t.field({
    type: [ModelPullProgress],
    // As for `models`: every authenticated caller may list them, API keys without the READ scope included.
    skipTypeScopes: true,
    authScopes: { authenticated: true },
    description: 'The running model downloads, oldest first. Empty for viewers who may not manage models.',
    resolve: (_root, _args, context) => context.pulls.list(viewerOf(context)),
  }),
);
