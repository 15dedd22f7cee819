import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { ModelPullProgress } from './modelPullProgress.ts';

builder.queryField('modelPulls', (t) =>
  t.field({
    type: [ModelPullProgress],
    // As `models`: whoever may ask for answers may ask what there is.
    skipTypeScopes: true,
    authScopes: { signedIn: true },
    description: 'The models that are being fetched now, oldest first. None for those who may not fetch any.',
    resolve: (_root, _args, context) => context.pulls.list(viewerOf(context)),
  }),
);
