import type { OutputSchema } from '../../preset.ts';
import { checkParts, packLines } from '../pack.ts';
import type { Workflow } from '../workflow.ts';
import { type CodeHunk, type CodeLine, parseChanges } from './changes.ts';
import { patchOf } from './patch.ts';

/** The worst first. */
export const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const;

export const categories = [
  'BUG',
  'SECURITY',
  'CONCURRENCY',
  'PERFORMANCE',
  'ERROR_HANDLING',
  'OTHER',
] as const;

export const verdicts = ['APPROVE', 'COMMENT', 'REQUEST_CHANGES'] as const;

export interface CodeFinding {
  readonly file: string;
  /** The line in the new version of the file. */
  readonly line: number;
  readonly severity: (typeof severities)[number];
  readonly category: (typeof categories)[number];
  readonly title: string;
  readonly explanation: string;
  /** The text that replaces the line; empty: none. */
  readonly suggestion: string;
  /** The suggestion as a patch of the new version of the file; null: none. */
  readonly patch: string | null;
}

export interface CodeReview {
  readonly summary: string;
  readonly verdict: (typeof verdicts)[number];
  /** By file and line. */
  readonly findings: readonly CodeFinding[];
}

interface PartAnswer {
  readonly summary: string;
  readonly findings: readonly Omit<CodeFinding, 'file' | 'patch'>[];
}

const text = (maxLength: number, minLength = 0) => ({ type: 'string', minLength, maxLength });

const object = (properties: Readonly<Record<string, unknown>>): OutputSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** An answer to a part may refer to its added lines only. Its file is known, so the model doesn't write it. */
const partSchema = (part: Part): OutputSchema =>
  object({
    summary: text(240, 1),
    findings: {
      type: 'array',
      maxItems: 4,
      items: object({
        line: { enum: part.lines.filter(({ isAdded }) => isAdded).map(({ number }) => number) },
        severity: { enum: severities },
        category: { enum: categories },
        title: text(80, 1),
        explanation: text(240, 1),
        suggestion: text(160),
      }),
    },
  });

const schema = object({
  summary: { type: 'string' },
  verdict: { enum: verdicts },
  findings: {
    type: 'array',
    items: object({
      file: { type: 'string' },
      line: { type: 'integer' },
      severity: { enum: severities },
      category: { enum: categories },
      title: { type: 'string' },
      explanation: { type: 'string' },
      suggestion: { type: 'string' },
      patch: { type: ['string', 'null'] },
    }),
  },
});

/** Lines of one file that are reviewed at once. */
interface Part {
  readonly file: string;
  readonly lines: readonly CodeLine[];
}

/** Reviews a diff or a file; a long one by file and hunk. */
export const codeReview: Workflow<CodeReview> = {
  input: 'diff',
  schema,
  async run({ values, partTokens, ask }) {
    const { diff, path } = values;
    const hunks = parseChanges('variables.diff', String(diff), typeof path === 'string' ? path : null);
    const parts = partsOf(hunks, partTokens);
    const answers = (await ask(
      parts.map((part) => ({ values: { ...values, diff: shown(part) }, schema: partSchema(part) })),
    )) as readonly PartAnswer[];
    const findings = joined(hunks, parts, answers);
    return { summary: summaryOf(parts, answers), verdict: verdictOf(findings), findings };
  },
};

/** Groups the hunks of each file into parts. Parts without added lines are left out. */
const partsOf = (hunks: readonly CodeHunk[], partTokens: number): readonly Part[] => {
  const byFile = Map.groupBy(hunks, ({ file }) => file);
  const parts = [...byFile].flatMap(([file, own]) =>
    packLines(
      'variables.diff',
      own.flatMap(({ lines }) => lines),
      partTokens,
      `line of ${file}:`,
    )
      .map((lines) => ({ file, lines }))
      .filter(({ lines }) => lines.some(({ isAdded, text: line }) => isAdded && line.trim() !== '')),
  );
  checkParts('variables.diff', parts.length);
  return parts;
};

/** The text of a part: each line with its number, and a gap where lines are missing. */
const shown = ({ file, lines }: Part): string => {
  const numbered = lines.map(({ number, text: line, isAdded }, index) => {
    const previous = lines[index - 1];
    const gap = previous && number > previous.number + 1 ? '…\n' : '';
    return `${gap}${number}${isAdded ? '+' : ' '} ${line}`;
  });
  return `File ${file}:\n\`\`\`\n${numbered.join('\n')}\n\`\`\``;
};

const joined = (
  hunks: readonly CodeHunk[],
  parts: readonly Part[],
  answers: readonly PartAnswer[],
): readonly CodeFinding[] => {
  const seen = new Set<string>();
  return answers
    .flatMap(({ findings }, index) => {
      const file = parts[index]?.file ?? '';
      return findings.map((finding) => ({ ...finding, file, patch: suggestedPatch(hunks, file, finding) }));
    })
    .filter(({ file, line, category, title }) => {
      // The same defect is often reported twice, in other words or for each of its lines.
      const keys = [`${file} ${line} ${category}`, `${file} ${title.toLowerCase()}`];
      if (keys.some((key) => seen.has(key))) return false;
      for (const key of keys) seen.add(key);
      return true;
    })
    .toSorted((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
};

const suggestedPatch = (
  hunks: readonly CodeHunk[],
  file: string,
  { line, suggestion }: Pick<CodeFinding, 'line' | 'suggestion'>,
): string | null => {
  const hunk = hunks.find((each) => each.file === file && each.lines.some(({ number }) => number === line));
  return hunk ? patchOf(hunk, line, suggestion) : null;
};

const summaryOf = (parts: readonly Part[], answers: readonly PartAnswer[]): string => {
  const [first] = answers;
  if (answers.length === 1 && first) return first.summary;
  return answers.map(({ summary }, index) => `${parts[index]?.file}: ${summary}`).join('\n');
};

const verdictOf = (findings: readonly CodeFinding[]): CodeReview['verdict'] => {
  if (findings.some(({ severity }) => severity === 'CRITICAL' || severity === 'HIGH'))
    return 'REQUEST_CHANGES';
  return findings.length === 0 ? 'APPROVE' : 'COMMENT';
};
