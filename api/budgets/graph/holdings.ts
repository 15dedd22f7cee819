import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { holdingKeyOf } from '../budgets.ts';
import { HoldingRef, ResourceRef } from './holding.ts';

const HoldingEdge = builder.edgeObject({
  type: HoldingRef,
  name: 'HoldingEdge',
  description: 'A holding in a list.',
});

const HoldingConnection = builder.connectionObject(
  {
    type: HoldingRef,
    name: 'HoldingConnection',
    description: 'A page of holdings, largest amounts first.',
  },
  HoldingEdge,
);

const cursors = textCursors('holding');

builder.queryField('holdings', (t) =>
  t.connection(
    {
      type: HoldingRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description:
        'The resources that callers hold now, largest amounts first; at most 500 of each. Administrators only.',
      args: {
        resource: t.arg({ type: ResourceRef, description: 'Only this resource. Default: all of them.' }),
      },
      resolve: async (_root, args, context) => {
        const page = await context.budgets.page(
          viewerOf(context),
          pageRequest(args, cursors),
          args.resource ?? null,
        );
        return connectionOf(page, cursors, holdingKeyOf);
      },
    },
    HoldingConnection,
    HoldingEdge,
  ),
);
