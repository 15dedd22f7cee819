import type { Row } from './report.ts';

/** The expected ratios to the floor, by scenario and target. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A ratio that is this many times the baseline's is a regression. */
const maxFactor = 1.3;

export const baselineOf = (rows: readonly Row[]): Baseline => {
  const baseline: Record<string, Record<string, number>> = {};
  for (const { scenario, target, ratio } of rows) {
    if (ratio === null || !target.startsWith('service')) continue;
    const ofScenario = baseline[scenario] ?? {};
    ofScenario[target] = Number(ratio.toFixed(2));
    baseline[scenario] = ofScenario;
  }
  return baseline;
};

const expectedOf = (baseline: Baseline, { scenario, target }: Row): number | null =>
  baseline[scenario]?.[target] ?? null;

export const isWorse = (baseline: Baseline, row: Row): boolean => {
  const expected = expectedOf(baseline, row);
  return expected !== null && row.ratio !== null && row.ratio > expected * maxFactor;
};

/** Returns the rows whose ratio is worse than the baseline. Rows that it lacks are not. */
export const worseThan = (
  baseline: Baseline,
  rows: readonly Row[],
): readonly { readonly row: Row; readonly expected: number }[] =>
  rows
    .filter((row) => isWorse(baseline, row))
    .map((row) => ({ row, expected: expectedOf(baseline, row) ?? Number.NaN }));
