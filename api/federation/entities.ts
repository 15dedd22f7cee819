import { typeBrandKey } from '@pothos/core';
import { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import { demand } from '../access/permissions.ts';
import { badInput, Failure } from '../errors/failures.ts';
import { builder } from '../graph/builder.ts';
import { type Context, viewerOf } from '../graph/context.ts';
import { decodeAnyId } from '../graph/globalIds.ts';
import { extendedEntities } from './sdl.ts';

/** Maximum references per request: a gateway requests all entities of one query plan step at once. */
export const maxRepresentations = 1000;

/** Maximum length of a reference (type name and id) as JSON, in UTF-16 units. */
export const maxRepresentationLength = 2048;

/** A reference from another subgraph to an entity of this one: its type and its key. */
interface Representation {
  readonly typename: string;
  readonly id: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses a reference. Throws `BAD_USER_INPUT` unless it refers to an entity of this subgraph. */
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

/** Returns null for an id that is malformed or of another type, as for the id of a deleted object. */
const decodeReference = ({ typename, id }: Representation) => {
  try {
    const decoded = decodeAnyId(id);
    return decoded.typename === typename ? decoded : null;
  } catch (error) {
    if (error instanceof Failure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
};

const isExtended = ({ typename }: Representation): boolean => extendedEntities.includes(typename);

/** Another subgraph knows whether it exists; its fields here show only what is the viewer's. */
const extended = ({ typename, id }: Representation): object => ({ id, [typeBrandKey]: typename });

/**
 * Resolves references to entities, in the same order. Each type is loaded in one batch, as for `nodes`. An entity that
 * does not exist or that the viewer may not see is null. If a type can't be loaded, such as models without an engine, only
 * its entities are errors.
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
      `representations has ${values.length} items; it may have at most ${maxRepresentations}.`,
    );
  }
  const references = values.map((value, index) => readRepresentation(value, index, entities));
  const keys = references.map((reference) => (isExtended(reference) ? null : decodeReference(reference)));
  const found = new Map(
    [...new Set(keys.map((key) => key?.typename))].map((typename) => {
      const ofType = keys.map((key) => (key?.typename === typename ? key : null));
      return [typename, resolveNodes(builder, context, info, ofType)] as const;
    }),
  );
  return references.map(async (reference, index) => {
    if (isExtended(reference)) return extended(reference);
    return (await found.get(keys[index]?.typename))?.[index] ?? null;
  });
};
