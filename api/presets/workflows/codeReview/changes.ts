import parseDiff from 'parse-diff';
import { badInput } from '../../../errors/failures.ts';

/** A line of the new version of a file. */
export interface CodeLine {
  /** The line's number in the new version. */
  readonly number: number;
  readonly text: string;
  readonly isAdded: boolean;
  /** Whether it is the last line of the file, without a line break. */
  readonly isUnterminated: boolean;
}

/** The new version of a hunk: consecutive lines. */
export interface CodeHunk {
  readonly file: string;
  readonly lines: readonly CodeLine[];
}

/** `--- ` alone starts a comment in some languages, so the next line must name the new file. */
const isDiff = /^(diff --git |--- \S.*\r?\n\+\+\+ \S|@@ -\d+(,\d+)? \+\d+)/m;

/** The parser takes quadratic time for the length of such a line. */
const longHeader = /^(?:diff|@@)\s.{4096}/m;

/** The name of a file or a paste that comes without one. */
const unnamed = 'input';

/**
 * Returns the hunks of a unified diff; of any other text, one hunk with all its lines, as the file `path`. Throws
 * `BAD_USER_INPUT` if there is nothing to review.
 */
export const parseChanges = (field: string, text: string, path: string | null): readonly CodeHunk[] => {
  const hunks = isDiff.test(text) ? hunksOf(field, text) : [wholeFile(text, path ?? unnamed)];
  const hasAdded = hunks.some(({ lines }) => lines.some((line) => line.isAdded && line.text.trim() !== ''));
  if (hasAdded) return hunks;
  throw badInput(
    field,
    `${field} adds no lines, so there is nothing to review. Send a unified diff or a file.`,
  );
};

const hunksOf = (field: string, text: string): readonly CodeHunk[] =>
  filesOf(field, text).flatMap(({ to, from, deleted, chunks }) => {
    if (deleted) return [];
    const file = nameOf(to ?? from);
    return chunks.map((chunk) => ({ file, lines: linesOf(chunk.changes) }));
  });

const filesOf = (field: string, text: string): readonly parseDiff.File[] => {
  if (longHeader.test(text)) {
    throw badInput(
      field,
      `${field} has a header line of more than 4,096 characters. Send the output of git diff.`,
    );
  }
  try {
    return parseDiff(text.replaceAll('\r\n', '\n'));
  } catch {
    throw badInput(field, `${field} is not a valid unified diff. Send the output of git diff, unchanged.`);
  }
};

const linesOf = (changes: readonly parseDiff.Change[]): readonly CodeLine[] => {
  const lines: CodeLine[] = [];
  for (const change of changes) {
    if (change.content.startsWith('\\')) {
      const last = lines.at(-1);
      if (change.type !== 'del' && last) lines[lines.length - 1] = { ...last, isUnterminated: true };
    } else if (change.type !== 'del') {
      lines.push({
        number: change.type === 'add' ? change.ln : change.ln2,
        text: change.content.slice(1),
        isAdded: change.type === 'add',
        isUnterminated: false,
      });
    }
  }
  return lines;
};

const nameOf = (name: string | undefined): string =>
  name === undefined || name === '/dev/null' ? unnamed : name;

const wholeFile = (text: string, file: string): CodeHunk => {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const isUnterminated = lines.at(-1) !== '';
  if (!isUnterminated) lines.pop();
  return {
    file,
    lines: lines.map((line, index) => ({
      number: index + 1,
      text: line,
      isAdded: true,
      isUnterminated: isUnterminated && index === lines.length - 1,
    })),
  };
};
