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
import { maxRepresentationLength, maxRepresentations, resolveEntities } from './entities.schema.ts';
import { entityInterface, subgraphSdl } from './sdl.schema.ts';

const entitiesOf = (plain: GraphQLSchema): readonly string[] => {
  const node = plain.getType(entityInterface);
  if (!isInterfaceType(node)) throw new Error(`the schema has no interface ${entityInterface}`);
  return plain.getPossibleTypes(node).map(({ name }) => name);
};

/** What gateways ask every subgraph for (Apollo Federation 2, "Subgraph specification"). */
const machinery = (entities: readonly string[]) =>
  parse(`
    """A reference to an entity: its \`__typename\`, and its key, which is \`id\`."""
    scalar _Any

    """What other subgraphs may refer to."""
    union _Entity = ${entities.join(' | ')}

    """This service as a subgraph."""
    type _Service {
      """The schema, with the directives of federation."""
      sdl: String!
    }

    extend type Query {
      """For gateways: the entities of these references, in their order; null for what is not there, or not yours."""
      _entities(
        """References, at most ${maxRepresentations}."""
        representations: [_Any!]!
      ): [_Entity]!

      """For gateways: this service as a subgraph. Open to whom INTROSPECTION shows the schema."""
      _service: _Service!
    }
  `);

/** A schema as a subgraph: with the two fields that gateways ask for. */
export const toSubgraph = (plain: GraphQLSchema): GraphQLSchema => {
  const entities = entitiesOf(plain);
  const sdl = subgraphSdl(plain);
  const subgraph = extendSchema(plain, machinery(entities));

  const resolve = (name: string, resolver: GraphQLFieldResolver<unknown, Context>) => {
    const field = subgraph.getQueryType()?.getFields()[name];
    if (!field) throw new Error(`the subgraph has no ${name}`);
    field.resolve = resolver;
  };
  resolve('_service', () => ({ sdl }));
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
