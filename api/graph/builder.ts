import SchemaBuilder from '@pothos/core';
import './bounds/boundsPlugin.ts';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { demand, type Permission } from '../access/permissions.ts';
import { badInput, notFound, unauthenticated } from '../errors/failures.ts';
import { pageSizeLimit } from '../paging/pages.ts';
import { maxLengths } from './bounds/bounds.ts';
import type { Context } from './context.ts';
import { decodeAnyId } from './globalIds.ts';

export interface SchemaTypes {
  Context: Context;
  AuthScopes: {
    /** Whether the request is authenticated. */
    authenticated: boolean;
    /** Whether the viewer's role, and for an API key its scopes, grant the permission. */
    may: Permission;
  };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    /** A file of a multipart request. */
    Upload: { Input: File; Output: never };
  };
}

const pageSize = { min: 1, max: pageSizeLimit };
const cursor = { maxLength: maxLengths.cursor };

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, RelayPlugin, 'bounds'],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ viewer }) => ({
      authenticated: viewer !== null,
      may: (permission) => {
        if (viewer === null) return false;
        // Throws `FORBIDDEN` with the role or scope that is missing.
        demand(viewer, permission);
        return true;
      },
    }),
    unauthorizedError: () => unauthenticated(),
    // Otherwise an unauthorized subscription would start, and fail only at its first event.
    authorizeOnSubscribe: true,
    treatErrorsAsUnauthorized: false,
  },
  relay: {
    clientMutationId: 'optional',
    // A mutation that fails is null, and leaves the payloads of the operation's other mutations in the response.
    relayMutationFieldOptions: { nullable: true },
    cursorType: 'String',
    edgesFieldOptions: { nullable: false, description: 'The edges of the page, in order.' },
    nodeFieldOptions: { nullable: false, description: 'The object at the end of the edge.' },
    cursorFieldOptions: { description: 'The cursor of this edge, to pass as `after` or `before`.' },
    pageInfoFieldOptions: { description: 'Whether there are more pages, and the cursors to request them.' },
    pageInfoTypeOptions: { description: 'The cursors of a page, and whether there are more pages.' },
    hasNextPageFieldOptions: { description: 'Whether there are items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are items before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge; null for an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge; null for an empty page.' },
    firstArgOptions: { description: 'The number of items to return from the start.', bounds: pageSize },
    afterArgOptions: { description: 'Returns the items after this cursor.', bounds: cursor },
    lastArgOptions: { description: 'The number of items to return from the end.', bounds: pageSize },
    beforeArgOptions: { description: 'Returns the items before this cursor.', bounds: cursor },
    idFieldOptions: { description: 'The global id: opaque, stable, and unique across all types.' },
    clientMutationIdInputOptions: {
      description: 'Any value; the payload returns it unchanged.',
      bounds: { maxLength: maxLengths.clientMutationId },
    },
    clientMutationIdFieldOptions: { description: 'The value passed in the input.' },
    mutationInputArgOptions: { description: 'The input.' },
    nodeTypeOptions: { description: 'An object with a global id.' },
    decodeGlobalID: decodeAnyId,
    nodeQueryOptions: {
      description:
        'Returns the object with this global id. `NOT_FOUND` if it does not exist or the viewer may not see it.',
      args: { id: { description: 'The global id.' } },
      resolve: async (_root, { id }, _context, _info, resolveNode) => found(await resolveNode(id)),
    },
    nodesQueryOptions: {
      description:
        'Returns the objects with these global ids, in the same order. An object that does not exist or that the viewer may not see is null, with a `NOT_FOUND` error.',
      args: {
        ids: {
          description: 'The global ids.',
          bounds: { maxItems: pageSizeLimit, maxLength: maxLengths.id },
        },
      },
      resolve: async (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > pageSizeLimit) {
          throw badInput('ids', `ids has ${ids.length} items; it may have at most ${pageSizeLimit}.`);
        }
        return (await resolveNodes(ids)).map(async (node) => found(await node));
      },
    },
  },
});

const found = <Node>(node: Node): NonNullable<Node> => {
  if (node === null || node === undefined) throw notFound('object');
  return node;
};

builder.queryType({ description: 'The queries.', authScopes: { may: 'read' } });
// Each mutation declares its own permission: a test lists the few that an API key without scopes may run.
builder.mutationType({ description: 'The mutations.', authScopes: { authenticated: true } });
builder.subscriptionType({
  description: 'The subscriptions.',
  authScopes: { may: 'read' },
});
