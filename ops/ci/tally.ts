import { readFile } from 'node:fs/promises';
import { parseArgs, stripVTControlCharacters } from 'node:util';

/** The fields read from a report of `jest --json`. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The lines shown of the reason of a failure: the end of a long log may be all that is kept. */
const reasonLines = 20;
const reasonOf = (messages: readonly string[]): string =>
  stripVTControlCharacters(messages.join('\n'))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('/node_modules/'))
    .slice(0, reasonLines)
    .map((line) => `    ${line}`)
    .join('\n');

/**
 * Adds up the reports of several runs, and prints `N passed, N failed` as the last line. A missing report counts as a
 * failure, and so does each `--failed NAME`, a step without tests. With `CI=true` a skipped test does too: a change must not
 * pass because a machine lacks a server. In the report of `--bare`, a run without servers, tests may be skipped.
 */
const { values, positionals } = parseArgs({
  options: { failed: { type: 'string', multiple: true, default: [] }, bare: { type: 'string' } },
  allowPositionals: true,
});
const mayNotSkip = process.env.CI === 'true';
const say = (line: string) => process.stdout.write(`${line}\n`);

let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of [...(values.bare === undefined ? [] : [values.bare]), ...positionals]) {
  try {
    const report: Report = JSON.parse(await readFile(path, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    const pending =
      path === values.bare ? [] : tests.filter(({ status }) => !['passed', 'failed'].includes(status));
    for (const { fullName } of pending) {
      skipped += 1;
      say(`skipped${mayNotSkip ? ', which CI does not allow' : ''}: ${fullName}`);
    }
    for (const { fullName, failureMessages } of tests.filter(({ status }) => status === 'failed')) {
      say(`failed: ${fullName}\n${reasonOf(failureMessages)}`);
    }
  } catch (error) {
    failed += 1;
    say(`no report ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
for (const step of values.failed) {
  failed += 1;
  say(`failed: ${step}`);
}
if (mayNotSkip) failed += skipped;
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
say(`${passed} passed, ${failed} failed`);
