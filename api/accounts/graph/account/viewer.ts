import { builder } from '../../../graph/builder.ts';
import { UserRef } from '../../../graph/user.ts';

builder.queryField('viewer', (t) =>
  t.field({
    type: UserRef,
    nullable: true,
    skipTypeScopes: true,
    description: 'Who is signed in; null when nobody is. Open to everyone.',
    resolve: (_root, _args, { viewer }) => viewer?.user ?? null,
  }),
);
