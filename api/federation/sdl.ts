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

/** The oldest version of the specification whose composers take subscriptions, so that every gateway of today reads it. */
const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])';

/** What an entity is, by its interface. */
export const entityInterface = 'Node';

const directivesOf = ({ name, interfaces = [] }: ObjectTypeDefinitionNode): string => {
  if (interfaces.some((implemented) => implemented.name.value === entityInterface)) {
    return '@key(fields: "id")';
  }
  // Every Relay server has this type, and fills it in for its own connections.
  return name.value === 'PageInfo' ? '@shareable' : '';
};

const withDirectives = (type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode => {
  const [applied] = parse(`type ${type.name.value} ${directivesOf(type)}`, { noLocation: true }).definitions;
  return applied?.kind === Kind.OBJECT_TYPE_DEFINITION ? { ...type, directives: applied.directives } : type;
};

/**
 * A schema as a subgraph says it (Apollo Federation 2, "Subgraph schemas"): sorted, linked to the specification, every
 * `Node` an entity by its id, and what every Relay server has shareable. The fields that gateways alone ask for are not
 * in it: they add them themselves.
 */
export const subgraphSdl = (schema: GraphQLSchema): string => {
  const sdl = withConstraints(printSchema(lexicographicSortSchema(schema)), schema);
  const plain = parse(sdl, { noLocation: true });
  const subgraph = visit(plain, { ObjectTypeDefinition: withDirectives });
  return `${link}\n\n${print(subgraph)}\n`;
};
