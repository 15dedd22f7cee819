import { GraphQLError } from 'graphql';
import { createSchema } from 'graphql-yoga';
import type { Agent, Directory } from './directory.ts';

export interface CallerContext {
  /** The id of the authenticated user; null if anonymous. */
  readonly userId: string | null;
}

/** A reference to an entity, by its key. */
interface Representation {
  readonly __typename: string;
  readonly id: string;
}

/** The federation fields that gateways query, and the directives of the SDL. */
const federation = `
  scalar _Any
  scalar FieldSet
  union _Entity = Agent | Service | User
  type _Service { sdl: String! }
  extend type Query {
    _service: _Service!
    _entities(representations: [_Any!]!): [_Entity]!
  }
  directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
`;

const callerOf = ({ userId }: CallerContext): string => {
  if (userId !== null) return userId;
  throw new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });
};

const reference = (__typename: string, id: string | null) => id && { __typename, id };

/** Creates the schema of the Control Center. `sdl` includes the federation directives. */
export const createControlCenterSchema = (sdl: string, directory: Directory) => {
  const find = (userId: string, { __typename, id }: Representation) => {
    if (__typename === 'Agent') return directory.findAgent(userId, id);
    if (__typename === 'Service') return directory.services.find((service) => service.id === id) ?? null;
    return __typename === 'User' && id === userId ? { id } : null;
  };

  return createSchema<CallerContext>({
    typeDefs: [sdl, federation],
    resolvers: {
      Query: {
        agents: (_root, _args, context) => directory.agentsOf(callerOf(context)),
        services: () => directory.services,
        _service: () => ({ sdl }),
        _entities: (_root, args: { readonly representations: readonly Representation[] }, context) => {
          const userId = callerOf(context);
          return args.representations.map((one) => {
            const found = find(userId, one);
            return found && { ...found, __typename: one.__typename };
          });
        },
      },
      Mutation: {
        registerAgent: (
          _root,
          {
            input,
          }: { readonly input: { name: string; model?: string | null; conversation?: string | null } },
          context,
        ) => ({
          agent: directory.register(callerOf(context), {
            name: input.name,
            modelId: input.model ?? null,
            conversationId: input.conversation ?? null,
          }),
        }),
      },
      User: { agents: ({ id }: { readonly id: string }) => directory.agentsOf(id) },
      Agent: {
        owner: ({ ownerId }: Agent) => reference('User', ownerId),
        model: ({ modelId }: Agent) => reference('Model', modelId),
        conversation: ({ conversationId }: Agent) => reference('Conversation', conversationId),
      },
    },
  });
};
