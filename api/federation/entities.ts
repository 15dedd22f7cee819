import { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import { demand } from '../access/permissions.ts';
import { badInput, Failure } from '../errors/failures.ts';
import { builder } from '../graph/builder.ts';
import { type Context, viewerOf } from '../graph/context.ts';
import { decodeAnyId } from '../graph/globalIds.ts';

/** References that one request may have: a gateway asks for all the entities of one step at once. */
export const maxRepresentations = 1000;

/** UTF-16 units of a reference as JSON: its type's name, and an id. */
export const maxRepresentationLength = 2048;

/** What another subgraph knows of an entity of ours: its type, and its key. */
interface Representation {
  readonly typename: string;
  readonly id: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws `BAD_USER_INPUT` for what is no reference to an entity of this subgraph. */
const readRepresentation = (value: unknown, index: number, entities: readonly string[]): Representation => {
  const { __typename: typename, id } = isRecord(value) ? value : {};
  if (typeof typename !== 'string' || !entities.includes(typename)) {
    throw badInput(
      'representations',
      `representations[${index}].__typename must be one of ${entities.join(', ')}.`,
    );
  }
  if (typeof id !== 'string') {
    throw badInput('representations', `representations[${index}].id must be the id of the ${typename}.`);
  }
  return { typename, id };
};

/** Null for an id that is malformed, or of another type: it is the id of nothing, like one that was deleted. */
const decode = ({ typename, id }: Representation) => {
  try {
    const decoded = decodeAnyId(id);
    return decoded.typename === typename ? decoded : null;
  } catch (error) {
    if (error instanceof Failure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
};

/**
 * The entities behind references, in their order, each type read at once and by the same way as `nodes`: for the viewer,
 * who gets null for what is not there and for what is another's alike. A type that can't be read now, such as models
 * without an engine, fails by itself.
 */
export const resolveEntities = (
  values: readonly unknown[],
  entities: readonly string[],
  context: Context,
  info: GraphQLResolveInfo,
): readonly Promise<unknown>[] => {
  demand(viewerOf(context), 'read');
  if (values.length > maxRepresentations) {
    throw badInput(
      'representations',
      `There are ${values.length} representations; send ${maxRepresentations} at most at a time.`,
    );
  }
  const keys = values.map((value, index) => decode(readRepresentation(value, index, entities)));
  const found = new Map(
    [...new Set(keys.map((key) => key?.typename))].map((typename) => {
      const ofType = keys.map((key) => (key?.typename === typename ? key : null));
      return [typename, resolveNodes(builder, context, info, ofType)] as const;
    }),
  );
  return keys.map(async (key, index) => (await found.get(key?.typename))?.[index] ?? null);
};
