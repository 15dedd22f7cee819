import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest } from '../../paging/connections.ts';
import { ApiKeyConnection, ApiKeyEdge, ApiKeyRef, cursors } from './apiKey.ts';

builder.queryField('allApiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageApiKeys' },
      description: 'The API keys of all users, newest first. Administrators only. `FORBIDDEN` for API keys.',
      resolve: async (_root, args, context) => {
        const request = pageRequest(args, cursors);
        const page = await context.apiKeys.pageOfAll(viewerOf(context), request);
        return connectionOf(page, cursors, (row) => row);
      },
    },
    ApiKeyConnection,
    ApiKeyEdge,
  ),
);
