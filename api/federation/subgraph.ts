import { getTypeBrand } from '@pothos/core';
import {
  extendSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isInterfaceType,
  isUnionType,
  parse,
} from 'graphql';
import type { Bounds } from '../graph/bounds/bounds.ts';
import type { Context } from '../graph/context.ts';
import { maxRepresentationLength, maxRepresentations, resolveEntities } from './entities.ts';
import { entityInterface, extendedEntities, subgraphSdl } from './sdl.ts';

const entitiesOf = (plain: GraphQLSchema): readonly string[] => {
  const node = plain.getType(entityInterface);
  if (!isInterfaceType(node)) throw new Error(`the schema has no interface ${entityInterface}`);
  return [...plain.getPossibleTypes(node).map(({ name }) => name), ...extendedEntities];
};

/** The fields and types that every subgraph must serve (Apollo Federation 2, "Subgraph specification"). */
const federationTypes = (entities: readonly string[]) =>
  parse(`
    """A reference to an entity: its \`__typename\` and its key \`id\`."""
    scalar _Any

    """The types that other subgraphs can reference."""
    union _Entity = ${entities.join(' | ')}

    """The schema of this subgraph."""
    type _Service {
      """The SDL, with federation directives."""
      sdl: String!
    }

    extend type Query {
      """For gateways: returns the referenced entities, in the same order. An entity that does not exist or that the viewer may not see is null."""
      _entities(
        """The references, at most ${maxRepresentations}."""
        representations: [_Any!]!
      ): [_Entity]!

      """For gateways: returns the schema of this subgraph. Available where \`INTROSPECTION\` allows introspection."""
      _service: _Service!
    }
  `);

/** Returns the schema extended by `_service` and `_entities`, which gateways query. */
export const toSubgraph = (plain: GraphQLSchema): GraphQLSchema => {
  const entities = entitiesOf(plain);
  /** Printed at the first request: printing costs a tenth of a second, and only gateways ask for it. */
  let sdl: string | null = null;
  const subgraph = extendSchema(plain, federationTypes(entities));

  const resolve = (name: string, resolver: GraphQLFieldResolver<unknown, Context>) => {
    const field = subgraph.getQueryType()?.getFields()[name];
    if (!field) throw new Error(`the subgraph has no ${name}`);
    field.resolve = resolver;
  };
  resolve('_service', () => {
    sdl ??= subgraphSdl(plain);
    return { sdl };
  });
  const representations = subgraph.getQueryType()?.getFields()._entities?.args[0];
  if (!representations) throw new Error('the subgraph has no _entities(representations:)');
  const bounds: Bounds = { maxItems: maxRepresentations, maxLength: maxRepresentationLength };
  representations.extensions = { ...representations.extensions, bounds };
  resolve('_entities', (_root, { representations }, context, info) =>
    resolveEntities(representations, entities, context, info),
  );

  const union = subgraph.getType('_Entity');
  if (!isUnionType(union)) throw new Error('the subgraph has no _Entity');
  union.resolveType = (entity) => String(getTypeBrand(entity));
  return subgraph;
};
