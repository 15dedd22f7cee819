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
    signedIn: boolean;
    /** Whether the viewer has the permission, by role and, for an API key, by scope. */
    may: Permission;
  };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
}

const pageSize = { min: 1, max: pageSizeLimit };
const cursor = { maxLength: maxLengths.cursor };

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, RelayPlugin, 'bounds'],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ viewer }) => ({
      signedIn: viewer !== null,
      may: (permission) => {
        if (viewer === null) return false;
        // It says which role or scope is missing.
        demand(viewer, permission);
        return true;
      },
    }),
    unauthorizedError: () => unauthenticated(),
    // Without this a subscription would start for anybody and refuse its first event only.
    authorizeOnSubscribe: true,
    treatErrorsAsUnauthorized: false,
  },
  relay: {
    clientMutationId: 'optional',
    // A payload that fails is null by itself: what other fields of the operation did stays in the answer.
    relayMutationFieldOptions: { nullable: true },
    cursorType: 'String',
    edgesFieldOptions: { nullable: false, description: 'The page, in order.' },
    nodeFieldOptions: { nullable: false, description: 'What is there.' },
    cursorFieldOptions: { description: 'Its place: pass it as `after` or `before`.' },
    pageInfoFieldOptions: { description: 'Whether there is more, and from where.' },
    pageInfoTypeOptions: { description: 'Where a page begins and ends, and whether there is more.' },
    hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is more before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge.' },
    firstArgOptions: { description: 'So many from the start.', bounds: pageSize },
    afterArgOptions: { description: 'Only what comes after this cursor.', bounds: cursor },
    lastArgOptions: { description: 'So many from the end.', bounds: pageSize },
    beforeArgOptions: { description: 'Only what comes before this cursor.', bounds: cursor },
    idFieldOptions: { description: 'Opaque, unique over all types, lasting.' },
    clientMutationIdInputOptions: {
      description: 'Comes back in the payload as it is.',
      bounds: { maxLength: maxLengths.clientMutationId },
    },
    clientMutationIdFieldOptions: { description: 'As it was in the input.' },
    mutationInputArgOptions: { description: 'What to do.' },
    nodeTypeOptions: { description: 'Whatever has a global id.' },
    decodeGlobalID: decodeAnyId,
    nodeQueryOptions: {
      description: 'The object with this id. `NOT_FOUND` where there is none, or it is not yours.',
      args: { id: { description: 'A global id.' } },
      resolve: async (_root, { id }, _context, _info, resolveNode) => found(await resolveNode(id)),
    },
    nodesQueryOptions: {
      description:
        'The objects with these ids, in their order; null, with a `NOT_FOUND`, for those that are not there.',
      args: {
        ids: {
          description: 'Global ids.',
          bounds: { maxItems: pageSizeLimit, maxLength: maxLengths.id },
        },
      },
      resolve: async (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > pageSizeLimit) {
          throw badInput('ids', `ids has ${ids.length} ids; it may have ${pageSizeLimit}.`);
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

builder.queryType({ description: 'What can be read.', authScopes: { may: 'read' } });
// Each mutation says itself what it takes: a test knows those of which an API key without a scope gets any.
builder.mutationType({ description: 'What can be done.', authScopes: { signedIn: true } });
builder.subscriptionType({
  description: 'What can be followed as it happens.',
  authScopes: { may: 'read' },
});
