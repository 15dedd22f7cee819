import { documentLimits, Unreadable } from './document.ts';

/** Returns a row as a line of CSV (RFC 4180), without the empty cells at its end. */
export const csvLine = (row: readonly string[]): string => row.map(fieldOf).join(',').replace(/,+$/, '');

const fieldOf = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Counts the cells of a workbook. */
export interface CellLimit {
  /** Counts cells. Throws `Unreadable` beyond the limit. */
  add(cells: number): void;
  /** Throws `Unreadable` if so many more would be beyond the limit. */
  check(cells: number): void;
}

export const cellLimit = (): CellLimit => {
  let counted = 0;
  const check = (cells: number) => {
    if (counted + cells > documentLimits.cells) {
      throw new Unreadable(`has more than ${documentLimits.cells} cells. Split it into smaller files.`);
    }
  };
  return {
    add(cells) {
      check(cells);
      counted += cells;
    },
    check,
  };
};
