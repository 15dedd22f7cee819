import type { Page, PageRequest } from '../pages.ts';
import {
  type Columns,
  date,
  dateOrNull,
  encodeDate,
  integer,
  type Row,
  text,
  textOrNull,
} from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import type { ActiveGeneration, ActivityKey, GenerationStatus } from './generation.ts';

/** As the partial index has it, or the index isn't used. */
export const unfinished = `status IN ('QUEUED', 'RUNNING')`;

const columns = 'id, owner_id, conversation_id, model, status, attempt, created_at, started_at';

/** A page of all users' generations that are not final: a range of the partial index. */
export function activePage(
  database: Database,
  { direction, size, after, before }: PageRequest<ActivityKey>,
): Page<ActiveGeneration> {
  const forward = direction === 'forward';
  const order = forward ? 'ASC' : 'DESC';
  const bounds = [
    after ? 'AND (created_at, id) > (:after_at, :after_id)' : '',
    before ? 'AND (created_at, id) < (:before_at, :before_id)' : '',
  ].join(' ');
  const found = database.all(
    `SELECT ${columns} FROM generations WHERE ${unfinished} ${bounds}
    ORDER BY created_at ${order}, id ${order} LIMIT :limit`,
    { ...keyParams('after', after), ...keyParams('before', before), limit: size + 1 },
  );
  const more = found.length > size;
  const items = found.slice(0, size).map(activeGenerationOf);

  const hasAny = (comparison: '<=' | '>=', bound: ActivityKey | null) =>
    bound !== null &&
    database.get(
      `SELECT 1 FROM generations
      WHERE ${unfinished} AND (created_at, id) ${comparison} (:bound_at, :bound_id) LIMIT 1`,
      keyParams('bound', bound),
    ) !== null;
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasAny('>=', before),
    hasPreviousPage: (!forward && more) || hasAny('<=', after),
  };
}

const keyParams = (bound: string, key: ActivityKey | null): Columns =>
  key === null ? {} : { [`${bound}_at`]: encodeDate(key.createdAt) ?? null, [`${bound}_id`]: key.id };

export const activeGenerationOf = (row: Row): ActiveGeneration => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  conversationId: textOrNull(row, 'conversation_id'),
  model: text(row, 'model'),
  status: text(row, 'status') as GenerationStatus,
  attempt: integer(row, 'attempt'),
  createdAt: date(row, 'created_at'),
  startedAt: dateOrNull(row, 'started_at'),
});
