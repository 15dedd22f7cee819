import type { AggregatedResult, Reporter } from '@jest/reporters';

/** Ends a run with one line: the number of skipped tests, and what the machine lacks for them. */
export default class SkippedReporter implements Pick<Reporter, 'onRunComplete'> {
  onRunComplete(_contexts: unknown, { testResults }: AggregatedResult): void {
    const counts = new Map<string, number>();
    for (const { status, fullName } of testResults.flatMap((suite) => suite.testResults)) {
      if (status !== 'pending') continue;
      const [, reason] = /\(skipped: ([^)]+)\)/.exec(fullName) ?? [];
      if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    if (counts.size === 0) return;
    const reasons = [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${count}: ${reason}`);
    process.stderr.write(`Skipped because this machine lacks: ${reasons.join('; ')}.\n`);
  }
}
