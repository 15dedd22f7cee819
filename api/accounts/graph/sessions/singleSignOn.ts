import { builder } from '../../../graph/builder.ts';
import type { SingleSignOn } from '../../singleSignOn/singleSignOn.ts';

const SingleSignOnRef = builder.objectRef<Pick<SingleSignOn, 'name' | 'url'>>('SingleSignOn');

builder.objectType(SingleSignOnRef, {
  description: 'A provider that people may sign in with, by OpenID Connect.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    url: t.exposeString('url', {
      description:
        'Where a browser goes to sign in. With `?next=/path` it comes back there. What went wrong is said at `/login?problem=…`.',
    }),
  }),
});

builder.queryField('singleSignOn', (t) =>
  t.field({
    type: SingleSignOnRef,
    nullable: true,
    skipTypeScopes: true,
    description: 'The provider that people may sign in with; null where there is none. Open to everyone.',
    resolve: (_root, _args, { singleSignOn }) => singleSignOn,
  }),
);
