import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';

/** A row from SQLite. The tables are STRICT, so each value has the type that its column declares. */
export type Row = Record<string, SQLOutputValue>;

/** Values to write, by column name. Absent columns stay unchanged. */
export type Columns = Record<string, SQLInputValue>;

/** Removes undefined values, so that a patch changes only the columns it contains. */
export function defined(columns: Record<string, SQLInputValue | undefined>): Columns {
  const kept: Columns = {};
  for (const [name, value] of Object.entries(columns)) {
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Encodes a date as milliseconds since 1970. */
export const encodeDate = (value: Date | null | undefined) =>
  value instanceof Date ? value.getTime() : value;

export const encodeFlag = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));

export const encodeJson = (value: unknown) =>
  value === undefined || value === null ? value : JSON.stringify(value);

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw mistyped(column, 'text', value);
  return value;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw mistyped(column, 'a number', value);
  return value;
}

export const integerOrNull = (row: Row, column: string) =>
  row[column] === null ? null : integer(row, column);

export const textOrNull = (row: Row, column: string) => (row[column] === null ? null : text(row, column));

export const flag = (row: Row, column: string) => integer(row, column) !== 0;

export const date = (row: Row, column: string) => new Date(integer(row, column));

export const dateOrNull = (row: Row, column: string) => (row[column] === null ? null : date(row, column));

/** Parses what `encodeJson` wrote. The type is the caller's and isn't checked: only this program writes the column. */
export const json = <T>(row: Row, column: string): T => JSON.parse(text(row, column));

export const jsonOrNull = <T>(row: Row, column: string): T | null =>
  row[column] === null ? null : json<T>(row, column);

const mistyped = (column: string, wanted: string, value: SQLOutputValue | undefined) =>
  new TypeError(`column ${column} holds ${value === undefined ? 'nothing' : typeof value}, not ${wanted}`);
