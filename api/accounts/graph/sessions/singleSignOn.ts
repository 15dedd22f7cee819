import { builder } from '../../../graph/builder.ts';
import type { SingleSignOn } from '../../singleSignOn/singleSignOn.ts';

const SingleSignOnRef = builder.objectRef<Pick<SingleSignOn, 'name' | 'url'>>('SingleSignOn');

builder.objectType(SingleSignOnRef, {
  description: 'An OpenID Connect identity provider for single sign-on.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The display name of the provider.' }),
    url: t.exposeString('url', {
      description:
        'The URL that starts a sign-in in a browser. With `?next=/path` the browser returns to that path. Errors are shown at `/login?problem=…`.',
    }),
  }),
});

builder.queryField('singleSignOn', (t) =>
  t.field({
    type: SingleSignOnRef,
    nullable: true,
    skipTypeScopes: true,
    description: 'The configured identity provider; null if there is none. No authentication required.',
    resolve: (_root, _args, { singleSignOn }) => singleSignOn,
  }),
);
