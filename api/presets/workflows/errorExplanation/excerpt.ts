import { estimateTextTokens } from '../../../engine/estimate.ts';

/** Words that mark the lines of errors in the logs of common languages. */
const errorLine =
  /\b(error|exception|traceback|panic(ked)?|fatal|fail(ed|ure)?|caused by|segmentation fault|undefined|abort(ed)?)\b/i;

/** Lines kept before and after a line of an error. */
const around = 5;

/** Maximum UTF-16 units of a line in an excerpt. */
const maxLine = 500;

/**
 * Returns the lines of a long log that matter most, in order, within `maxTokens`: the last lines, the first errors with
 * the lines around them, then the beginning. Omitted lines are marked.
 */
export const excerptOf = (log: string, maxTokens: number): string => {
  const lines = log.split('\n').map((line) => (line.length > maxLine ? `${line.slice(0, maxLine)}…` : line));
  const errors = lines.flatMap((line, index) => (errorLine.test(line) ? [index] : []));
  const near = errors.flatMap((index) =>
    Array.from({ length: 2 * around + 1 }, (_, offset) => index - around + offset),
  );
  const end = Array.from({ length: 20 }, (_, offset) => lines.length - 1 - offset);
  const start = lines.map((_, index) => index);
  const kept = new Set<number>();
  let room = maxTokens - tokensPerMark;
  for (const index of [...end, ...near, ...start]) {
    const line = lines[index];
    if (line === undefined || kept.has(index)) continue;
    // Each line may need a mark of omitted lines before it.
    const tokens = estimateTextTokens(line) + 1 + tokensPerMark;
    if (tokens > room) break;
    room -= tokens;
    kept.add(index);
  }
  let previous = -1;
  const excerpt: string[] = [];
  for (const index of [...kept].toSorted((one, other) => one - other)) {
    if (index > previous + 1) excerpt.push(`[${index - previous - 1} lines omitted]`);
    excerpt.push(lines[index] ?? '');
    previous = index;
  }
  return excerpt.join('\n');
};

/** `[123 lines omitted]`. */
const tokensPerMark = 7;
