import { readFile } from 'node:fs/promises';

/** What is read of a report that `jest --json` wrote. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Adds up the reports of several runs, and ends with the line `N passed, N failed`. A skipped test counts as failed: a
 * machine that lacks what a test needs has no say in whether a change is good. So does a report that isn't there.
 */
let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  try {
    const report: Report = JSON.parse(await readFile(path, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numPendingTests + report.numRuntimeErrorTestSuites;
    const skipped = report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'pending');
    for (const { fullName } of skipped)
      process.stdout.write(`skipped, which CI does not allow: ${fullName}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`no report ${path}: ${error instanceof Error ? error.message : error}\n`);
  }
}
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
