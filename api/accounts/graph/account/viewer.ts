import { builder } from '../../../graph/builder.ts';
import { UserRef } from '../../../graph/user.ts';

builder.queryField('viewer', (t) =>
  t.field({
    type: UserRef,
    nullable: true,
    skipTypeScopes: true,
    description: 'The authenticated user; null for an anonymous request. No authentication required.',
    resolve: (_root, _args, { viewer }) => viewer?.user ?? null,
  }),
);
