import type { Db, Document, MongoClient } from 'mongodb';
import { type Collections, collectionsOf } from './collections.ts';
import { indexes } from './indexes.ts';

/** A query as the driver sent it. */
export interface Query {
  readonly command: Document;
  readonly collection: keyof Collections;
  readonly filter: Document;
  readonly sort: Document;
}

const namesOf: Readonly<Record<string, keyof Collections>> = Object.fromEntries(
  (Object.keys(indexes) as (keyof Collections)[]).map((name) => [name, name]),
);

/** Records the queries of a client that was created with `monitorCommands`. */
export const watchQueries = (client: MongoClient, database: Db) => {
  const queries: Query[] = [];
  client.on('commandStarted', ({ commandName, command }) => {
    const collection = namesOf[String(command[commandName])];
    if (collection === undefined) return;
    const query = withoutSession(command);
    if (commandName === 'find') {
      queries.push({ command: query, collection, filter: command.filter ?? {}, sort: command.sort ?? {} });
    } else if (commandName === 'aggregate') {
      queries.push({ command: query, collection, filter: command.pipeline[0].$match ?? {}, sort: {} });
    }
  });
  return { queries, collections: collectionsOf(database) };
};

/** Removes the session fields: `explain` gets its own. */
const withoutSession = (command: Document): Document =>
  Object.fromEntries(
    Object.entries(command).filter(
      ([name]) => !name.startsWith('$') && !['lsid', 'txnNumber'].includes(name),
    ),
  );

const isOperators = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.startsWith('$'));

/** Returns whether a condition has a few fixed values, so that an index is sorted by its next key. */
const isPoint = (value: unknown) => !isOperators(value) || '$in' in value;

/**
 * Returns whether an index of the collection yields the filtered documents in sort order: its first keys have fixed
 * values, and the keys of the sort follow, all in the same or all in the opposite direction. Without a sort, its first
 * key is in the filter.
 */
export const isIndexed = ({ collection, filter, sort }: Query): boolean => {
  const branches: Document[] = filter.$or ?? [filter];
  const keys = [{ _id: 1 }, ...indexes[collection].map(({ key }) => key as Record<string, number>)];
  return branches.every((branch) => keys.some((key) => canServe(key, withoutAnd(branch), sort)));
};

const withoutAnd = ({ $and = [], ...rest }: Document): Document => Object.assign({}, ...$and, rest);

const canServe = (key: Record<string, number>, filter: Document, sort: Document): boolean => {
  const entries = Object.entries(key);
  const points = entries.findIndex(([name]) => !(name in filter) || !isPoint(filter[name]));
  const [first, ...rest] = Object.entries(sort);
  if (first === undefined) return entries[0] !== undefined && entries[0][0] in filter;
  // The sort may include a key with a fixed value.
  const start = entries.findIndex(([name]) => name === first[0]);
  if (start < 0 || (points >= 0 && start > points)) return false;
  const orientation = (entries[start]?.[1] ?? 0) * first[1];
  return rest.every(([name, direction], at) => {
    const [keyName, keyDirection] = entries[start + 1 + at] ?? ['', 0];
    return keyName === name && keyDirection * direction === orientation;
  });
};

/** Returns the names of all stages of an `explain` result, for all versions of its format. */
export const stagesOf = (plan: unknown): string[] => {
  if (Array.isArray(plan)) return plan.flatMap(stagesOf);
  if (typeof plan !== 'object' || plan === null) return [];
  const own = 'stage' in plan && typeof plan.stage === 'string' ? [plan.stage] : [];
  // The result also contains rejected plans.
  return [
    ...own,
    ...Object.entries(plan).flatMap(([name, part]) => (name === 'rejectedPlans' ? [] : stagesOf(part))),
  ];
};
