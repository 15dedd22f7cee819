import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

/** What is read of a report that `jest --json` wrote. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Adds up the reports of several runs, and ends with the line `N passed, N failed`. A report that isn't there counts as
 * failed, and so does each `--failed NAME`: a step that has no tests. With `CI=true` a skipped test does too: what a
 * machine lacks has no say in whether a change is good.
 */
const { values, positionals } = parseArgs({
  options: { failed: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
});
const mayNotSkip = process.env.CI === 'true';
const say = (line: string) => process.stdout.write(`${line}\n`);

let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of positionals) {
  try {
    const report: Report = JSON.parse(await readFile(path, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    for (const { fullName } of tests.filter(({ status }) => !['passed', 'failed'].includes(status))) {
      skipped += 1;
      say(`skipped${mayNotSkip ? ', which CI does not allow' : ''}: ${fullName}`);
    }
    for (const { fullName } of tests.filter(({ status }) => status === 'failed')) say(`failed: ${fullName}`);
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
