import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import { type Columns, encodeDate, type Row } from './columns.ts';
import type { Database } from './database.ts';

/** A list ordered by one unique column. The strings are SQL and must not come from a request. */
export interface KeyedList<Item> {
  readonly table: string;
  readonly where: string;
  readonly params: Columns;
  readonly key: string;
  readonly order: 'ascending' | 'descending';
  readonly read: (row: Row) => Item;
}

/** Returns a page of the list. It is a range read if an index covers the columns of `where`, then the key. */
export function keyedPage<Item>(
  database: Database,
  { table, where, params, key, order, read }: KeyedList<Item>,
  { direction, size, after, before }: PageRequest<string>,
): Page<Item> {
  const forward = direction === 'forward';
  const ascends = order === 'ascending';
  const [later, earlier] = ascends ? ['>', '<'] : ['<', '>'];
  const bounds = [
    after === null ? '' : `AND ${key} ${later} :after`,
    before === null ? '' : `AND ${key} ${earlier} :before`,
  ].join(' ');
  const bound = { ...params, ...(after !== null && { after }), ...(before !== null && { before }) };
  const sort = ascends === forward ? 'ASC' : 'DESC';
  const sql = `SELECT * FROM ${table} WHERE ${where} ${bounds} ORDER BY ${key} ${sort} LIMIT :limit`;
  const found = database.all(sql, { ...bound, limit: size + 1 });
  const more = found.length > size;
  const items = found.slice(0, size).map(read);

  const hasAny = (comparison: string, bound: string | null) =>
    bound !== null &&
    database.get(`SELECT 1 FROM ${table} WHERE ${where} AND ${key} ${comparison}= :bound LIMIT 1`, {
      ...params,
      bound,
    }) !== null;
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasAny(later, before),
    hasPreviousPage: (!forward && more) || hasAny(earlier, after),
  };
}

/** A list ordered by `created_at`, then `id`. The strings are SQL and must not come from a request. */
export interface TimedList<Item> extends Omit<KeyedList<Item>, 'key'> {
  /** Absent: all columns. */
  readonly columns?: string;
}

/**
 * Returns a page of the list, with fewer items if they are too large together (`maxPageLength`). It is a range read if an index
 * covers the columns of `where`, `created_at` and `id`.
 */
export function timedPage<Item>(
  database: Database,
  { table, where, params, order, read, columns = '*' }: TimedList<Item>,
  { direction, size, after, before }: PageRequest<TimeKey>,
): Page<Item> {
  const forward = direction === 'forward';
  const ascends = order === 'ascending';
  const [later, earlier] = ascends ? ['>', '<'] : ['<', '>'];
  const beyond = (comparison: string, bound: string) =>
    `AND (created_at, id) ${comparison} (:${bound}_at, :${bound}_id)`;
  const bounds = [
    after === null ? '' : beyond(later, 'after'),
    before === null ? '' : beyond(earlier, 'before'),
  ].join(' ');
  const sort = ascends === forward ? 'ASC' : 'DESC';
  const { rows, isCut } = database.allWithin(
    `SELECT ${columns} FROM ${table} WHERE ${where} ${bounds} ORDER BY created_at ${sort}, id ${sort} LIMIT :limit`,
    { ...params, ...keyParams('after', after), ...keyParams('before', before), limit: size + 1 },
  );
  const more = isCut || rows.length > size;
  const items = rows.slice(0, size).map(read);

  const hasAny = (comparison: string, bound: TimeKey | null) =>
    bound !== null &&
    database.get(`SELECT 1 FROM ${table} WHERE ${where} ${beyond(`${comparison}=`, 'bound')} LIMIT 1`, {
      ...params,
      ...keyParams('bound', bound),
    }) !== null;
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasAny(later, before),
    hasPreviousPage: (!forward && more) || hasAny(earlier, after),
  };
}

const keyParams = (bound: string, key: TimeKey | null): Columns =>
  key === null ? {} : { [`${bound}_at`]: encodeDate(key.createdAt) ?? null, [`${bound}_id`]: key.id };
