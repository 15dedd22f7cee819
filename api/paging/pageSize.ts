import { Failure } from '../errors/failures.ts';

/**
 * Maximum size of the rows that a store loads for one page or list, in UTF-16 units of their texts. More than an answer of
 * GraphQL may have, and room for several of the longest messages. The row that exceeds it is the last one that is loaded. A
 * page of a hundred conversations is always smaller, because of the bounds of its texts.
 */
export const maxPageLength = 16 * 1024 * 1024;

/** Returns the length of a row's texts, in UTF-16 units. */
export const textLength = (row: object): number =>
  Object.values(row).reduce((sum: number, value) => sum + (typeof value === 'string' ? value.length : 0), 0);

/** The first rows of a result. */
export interface RowsWithin<Row> {
  readonly rows: readonly Row[];
  /** Whether rows are left out, because those before them are too large together. */
  readonly isCut: boolean;
}

/** Counts the length of rows while they are loaded. */
export class PageLength {
  #length = 0;

  /** Whether no other row may be loaded. */
  get isFull(): boolean {
    return this.#length > maxPageLength;
  }

  /** Adds a row. Returns `isFull`. */
  add(row: object): boolean {
    this.#length += textLength(row);
    return this.isFull;
  }
}

/** Returns all rows. Throws `TOO_COMPLEX` if some are left out: for lists that have no pages. */
export const requireAll = <Row>({ rows, isCut }: RowsWithin<Row>): readonly Row[] => {
  if (!isCut) return rows;
  throw new Failure(
    'TOO_COMPLEX',
    `The list is larger than ${maxPageLength} characters. Request fewer items at once, or each by its id.`,
    { limit: maxPageLength },
  );
};
