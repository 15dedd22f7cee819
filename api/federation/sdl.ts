import {
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import { withConstraints } from '../graph/bounds/boundsSdl.ts';

/** The oldest federation version that supports subscriptions, for the widest support by gateways. */
const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])';

/** The interface whose implementations are entities. */
export const entityInterface = 'Node';

/**
 * Entities of other subgraphs, to which this one adds fields, by the id that the other one gives them. `Agent` is the
 * Control Center's.
 */
export const extendedEntities: readonly string[] = ['Agent'];

const directivesOf = ({ name, interfaces = [] }: ObjectTypeDefinitionNode): string => {
  const isNode = interfaces.some((implemented) => implemented.name.value === entityInterface);
  if (isNode || extendedEntities.includes(name.value)) {
    return '@key(fields: "id")';
  }
  // Every Relay server defines this type, and resolves it for its own connections.
  return name.value === 'PageInfo' ? '@shareable' : '';
};

const withDirectives = (type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode => {
  const [applied] = parse(`type ${type.name.value} ${directivesOf(type)}`, { noLocation: true }).definitions;
  return applied?.kind === Kind.OBJECT_TYPE_DEFINITION ? { ...type, directives: applied.directives } : type;
};

/**
 * Prints the schema as a subgraph schema (Apollo Federation 2, "Subgraph schemas"): sorted, linked to the
 * specification, with every `Node` type as an entity keyed by `id`, and the types that all Relay servers define as
 * shareable. Without `_entities` and `_service`, which gateways add.
 */
export const subgraphSdl = (schema: GraphQLSchema): string => {
  const sdl = withConstraints(printSchema(lexicographicSortSchema(schema)), schema);
  const plain = parse(sdl, { noLocation: true });
  const subgraph = visit(plain, { ObjectTypeDefinition: withDirectives });
  return `${link}\n\n${print(subgraph)}\n`;
};
