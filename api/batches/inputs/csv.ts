import { badInput } from '../../errors/failures.ts';
import { emptyLines, maxLineLength } from './lines.ts';

export interface CsvRow {
  readonly cells: readonly string[];
  /** The line on which the row begins, from 1. */
  readonly line: number;
}

const quote = '"';

/** More than a preset has variables. */
const maxCells = 1_000;

/**
 * Yields the rows of a CSV text (RFC 4180): cells between commas, in quotes if they contain commas, quotes (doubled) or
 * line breaks. Empty lines are left out. Throws `BAD_USER_INPUT` that names the line, also for a row that is too long.
 */
export function* csvRows(text: string): Generator<CsvRow, void, undefined> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  const countEmpty = emptyLines();
  /** Where the row begins, and on which line. */
  let row = { at, line };
  const checkLength = () => {
    if (at - row.at > maxLineLength) {
      throw invalid(row.line, `has more than ${maxLineLength} characters in one row.`);
    }
  };

  /** Reads a cell in quotes. `at` is after its first quote. */
  const quoted = (): string => {
    const begin = line;
    let cell = '';
    for (;;) {
      const end = text.indexOf(quote, at);
      if (end < 0) throw invalid(begin, 'has a quote that does not end. Double quotes within a cell: "".');
      const part = text.slice(at, end);
      at = end + 1;
      checkLength();
      cell += part;
      line += part.split('\n').length - 1;
      if (text[at] !== quote) break;
      cell += quote;
      at += 1;
    }
    const next = text[at];
    if (next !== undefined && next !== ',' && next !== '\n' && next !== '\r') {
      throw invalid(line, 'has text after a quoted cell. Put the whole cell in quotes.');
    }
    return cell;
  };

  const plain = /[,\r\n]/g;
  const cellAt = (): string => {
    if (text[at] === quote) {
      at += 1;
      return quoted();
    }
    plain.lastIndex = at;
    const end = plain.exec(text)?.index ?? text.length;
    const cell = text.slice(at, end);
    if (cell.includes(quote)) throw invalid(line, 'has a quote within a cell. Put the whole cell in quotes.');
    at = end;
    checkLength();
    return cell;
  };

  while (at < text.length) {
    const begin = line;
    row = { at, line };
    const cells = [cellAt()];
    while (text[at] === ',') {
      at += 1;
      if (cells.length >= maxCells) throw invalid(begin, `has more than ${maxCells} cells.`);
      cells.push(cellAt());
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') yield { cells, line: begin };
    else countEmpty();
  }
}

const invalid = (line: number, problem: string) =>
  badInput('file', `Line ${line} of the CSV file ${problem}`);
