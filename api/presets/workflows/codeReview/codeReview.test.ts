import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { violationsOf } from '../../definition/schema.ts';
import type { Question } from '../workflow.ts';
import { parseChanges } from './changes.ts';
import { codeReview } from './codeReview.ts';
import { patchOf } from './patch.ts';

const git = promisify(execFile);

const finding = (line: number, given: object = {}) => ({
  line,
  severity: 'HIGH',
  category: 'BUG',
  title: `Bug at ${line}`,
  explanation: 'It fails.',
  suggestion: '',
  ...given,
});

const review = async (
  diff: string,
  answer: (question: Question) => object,
  { partTokens = 2_000, path }: { partTokens?: number; path?: string } = {},
) => {
  const questions: Question[] = [];
  const result = await codeReview.run({
    values: { diff, ...(path !== undefined && { path }) },
    partTokens,
    ask: async (asked) => {
      questions.push(...asked);
      return asked.map(answer);
    },
  });
  return { result, questions };
};

const linesOf = ({ schema }: Question): readonly number[] =>
  (schema as { properties: { findings: { items: { properties: { line: { enum: readonly number[] } } } } } })
    .properties.findings.items.properties.line.enum;

describe('a code review', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'review-'));
    await git('git', ['init', '-q', folder]);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const inFolder = (...args: string[]) =>
    git('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });
  const write = (file: string, text: string) => writeFile(join(folder, file), text);
  const commit = async () => {
    await inFolder('add', '-A');
    await inFolder('commit', '-qm', 'a commit');
  };
  const applies = async (patch: string | null) => {
    await write('suggestion.patch', patch ?? '');
    await inFolder('apply', '--check', 'suggestion.patch');
  };
  const code = (from: number, to: number, changed: readonly number[] = []) =>
    Array.from({ length: to - from + 1 }, (_, index) => {
      const line = from + index;
      return changed.includes(line) ? `changed ${line} += 1;` : `line ${line};`;
    });

  it('refers to added lines of each hunk, and suggests patches that git applies', async () => {
    await write('a.ts', `${code(1, 60).join('\n')}\n`);
    await write('b.ts', code(1, 9).join('\n'));
    await commit();
    await write('a.ts', `${code(1, 60, [2, 30, 31, 60]).join('\n')}\n`);
    await write('b.ts', code(1, 9, [1, 9]).join('\n'));
    const { stdout: diff } = await inFolder('diff');
    const { result, questions } = await review(diff, (question) => ({
      summary: 'Changes lines.',
      findings: linesOf(question).map((line) => finding(line, { suggestion: `repaired ${line};` })),
    }));
    expect(questions.map(linesOf)).toEqual([
      [2, 30, 31, 60],
      [1, 9],
    ]);
    expect(questions[0]?.values.diff).toContain('File a.ts:\n```\n1  line 1;\n2+ changed 2 += 1;');
    expect(result.findings.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'a.ts:2',
      'a.ts:30',
      'a.ts:31',
      'a.ts:60',
      'b.ts:1',
      'b.ts:9',
    ]);
    expect(result).toMatchObject({ verdict: 'REQUEST_CHANGES', summary: expect.stringContaining('b.ts: ') });
    expect(violationsOf(codeReview.schema, result)).toEqual([]);
    for (const { patch } of result.findings) await applies(patch);
    const [first] = result.findings;
    await write('suggestion.patch', first?.patch ?? '');
    await inFolder('apply', 'suggestion.patch');
    const { stdout } = await inFolder('diff', '--', 'a.ts');
    expect(stdout).toContain('+repaired 2;');
  });

  it('splits a long file, joins the answers, and reports a defect once', async () => {
    const text = code(1, 300).join('\n');
    const { result, questions } = await review(
      text,
      (question) => {
        const [line = 0] = linesOf(question);
        return { summary: 'Fine.', findings: [finding(line, { title: 'Same', severity: 'LOW' })] };
      },
      { partTokens: 500, path: 'src/long.ts' },
    );
    expect(questions.length).toBeGreaterThan(3);
    expect(questions.flatMap(linesOf)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(result).toMatchObject({ verdict: 'COMMENT', findings: [{ file: 'src/long.ts', line: 1 }] });
  });

  it('reads a file whose comments look like a header', () => {
    const hunks = parseChanges('variables.diff', '--- Returns one.\nreturn 1\n', 'one.lua');
    expect(hunks).toMatchObject([{ file: 'one.lua', lines: [{ number: 1 }, { number: 2 }] }]);
  });

  it.each([`diff --git ${'a/'.repeat(100_000)}`, `@@ -${'1'.repeat(200_000)} +1 @@`])(
    'rejects a header line that takes long to parse: %#',
    (line) => {
      const startedAt = performance.now();
      expect(() => parseChanges('variables.diff', `${line}\n+x`, null)).toThrow('header line');
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it('approves without findings', async () => {
    const { result } = await review('const x = 1;', () => ({ summary: 'Fine.', findings: [] }));
    expect(result).toEqual({ summary: 'Fine.', verdict: 'APPROVE', findings: [] });
  });

  it.each([
    [' ', 'adds no lines'],
    ['diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,1 @@\n a\n-b\n', 'adds no lines'],
    ['diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n', 'adds no lines'],
    [`const x = "${'a b '.repeat(5_000)}";`, 'line of input: 1 has about'],
    [code(1, 20_000).join('\n'), 'is too long: it needs'],
  ])('rejects %.30j', async (diff, message) => {
    await expect(review(diff, () => ({ summary: '', findings: [] }))).rejects.toThrow(message);
  });

  it('suggests no patch that changes nothing', () => {
    const [hunk] = parseChanges('diff', 'a\nb\n', 'x');
    if (!hunk) throw new Error('no hunk');
    expect(patchOf(hunk, 1, 'a')).toBeNull();
    expect(patchOf(hunk, 1, '')).toBeNull();
    expect(patchOf(hunk, 9, 'x')).toBeNull();
    expect(patchOf(hunk, 2, 'c\nd\n')).toContain('@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n');
  });
});
