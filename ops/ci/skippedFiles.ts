import { readFile } from 'node:fs/promises';

/** Prints the test files of a report of `jest --json` in which a test was skipped, one per line. */
const [, , path = ''] = process.argv;
const report: {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
} = JSON.parse(await readFile(path, 'utf8'));

for (const { name, assertionResults } of report.testResults) {
  if (assertionResults.some(({ status }) => status === 'pending')) process.stdout.write(`${name}\n`);
}
