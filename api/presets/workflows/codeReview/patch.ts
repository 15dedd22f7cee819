import type { CodeHunk, CodeLine } from './changes.ts';

/** Unchanged lines around the replaced one, as in `git diff`. */
const context = 3;

/**
 * Returns a patch that replaces one line of a hunk, for `git apply` on the new version of the file; null if the hunk
 * doesn't have the line, or if the replacement changes nothing.
 */
export const patchOf = ({ file, lines }: CodeHunk, number: number, replacement: string): string | null => {
  const index = lines.findIndex((line) => line.number === number);
  const old = lines[index];
  const added = replacement.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  if (!old || replacement.trim() === '' || (added.length === 1 && added[0] === old.text)) return null;
  const before = lines.slice(Math.max(0, index - context), index);
  const after = lines.slice(index + 1, index + 1 + context);
  const start = before[0]?.number ?? number;
  const kept = before.length + after.length;
  return [
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${start},${kept + 1} +${start},${kept + added.length} @@`,
    ...before.map((line) => written(' ', line)),
    written('-', old),
    ...added.map((text, position) =>
      written('+', { text, isUnterminated: old.isUnterminated && position === added.length - 1 }),
    ),
    ...after.map((line) => written(' ', line)),
    '',
  ].join('\n');
};

const written = (mark: string, { text, isUnterminated }: Pick<CodeLine, 'text' | 'isUnterminated'>): string =>
  `${mark}${text}${isUnterminated ? '\n\\ No newline at end of file' : ''}`;
