import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { median } from './load/statistics.ts';
import { canPin } from './processes.ts';
import type { Figures } from './scenarios/scenario.ts';

/** The figures of one target in one scenario. */
export interface Row {
  readonly scenario: string;
  readonly target: string;
  /** Medians over the rounds. */
  readonly figures: Figures;
  /** The median of the ratios to the floor of the same round; null if the scenario has none. */
  readonly ratio: number | null;
  /** The highest ratio divided by the lowest one: the noise. */
  readonly spread: number | null;
}

/** Summarizes the rounds of a scenario. `floor` is the name of the floor's target. */
export const summarize = (
  scenario: string,
  rounds: readonly ReadonlyMap<string, Figures>[],
  ratioOf: string | null,
  floor: string,
): readonly Row[] => {
  const targets = [...(rounds[0]?.keys() ?? [])];
  return targets.map((target) => {
    const values = rounds.map((round) => round.get(target) ?? {});
    const names = Object.keys(values[0] ?? {});
    const figures = Object.fromEntries(
      names.map((name) => [name, median(values.map((value) => value[name] ?? Number.NaN))]),
    );
    if (ratioOf === null) return { scenario, target, figures, ratio: null, spread: null };
    const ratios = rounds.map((round) => {
      const ofFloor = [...round]
        .filter(([name]) => name.startsWith(floor))
        .map(([, each]) => each[ratioOf] ?? Number.NaN);
      return (round.get(target)?.[ratioOf] ?? Number.NaN) / median(ofFloor);
    });
    return {
      scenario,
      target,
      figures,
      ratio: median(ratios),
      spread: Math.max(...ratios) / Math.min(...ratios),
    };
  });
};

const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);

/** Formats the rows of a scenario as a Markdown table. */
export const tableOf = (rows: readonly Row[]): string => {
  const names = Object.keys(rows[0]?.figures ?? {});
  const hasRatio = rows.some(({ ratio }) => ratio !== null);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return (
    line(['target', ...(hasRatio ? ['to the floor', 'spread'] : []), ...names]) +
    line(['---', ...(hasRatio ? ['---:', '---:'] : []), ...names.map(() => '---:')]) +
    rows
      .map(({ target, figures, ratio, spread }) =>
        line([
          target,
          ...(hasRatio ? [`${digits(ratio ?? Number.NaN)}x`, `${digits(spread ?? Number.NaN)}x`] : []),
          ...names.map((name) => digits(figures[name] ?? Number.NaN)),
        ]),
      )
      .join('')
  );
};

const commitOf = (root: string): string => {
  // A copy of the files has no history.
  if (root === process.cwd() && process.env.BENCH_COMMIT) return process.env.BENCH_COMMIT;
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

/** Returns the circumstances of a run. */
export const circumstances = (base: string | null) => ({
  at: new Date().toISOString(),
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  isPinned: canPin,
  /** The load average of the last minute: on a busy machine latencies say little, and CPU times still much. */
  load: loadavg()[0] ?? Number.NaN,
  node: process.version,
  commit: commitOf(process.cwd()),
  base: base === null ? null : commitOf(base),
});
