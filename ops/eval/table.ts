import type { CaseResult } from './evaluate.ts';

export interface Row {
  readonly preset: string;
  readonly subject: string;
  readonly cases: number;
  readonly valid: number;
  readonly repairs: number;
  readonly rulesPassed: number;
  readonly rules: number;
  readonly unsafe: number;
  readonly secondsPerCase: number;
}

/** Summarizes the results of one subject, a row for each preset. */
export const rowsOf = (subject: string, results: readonly CaseResult[]): readonly Row[] =>
  [...Map.groupBy(results, ({ preset }) => preset)].map(([preset, own]) => {
    const verdicts = own.flatMap((each) => each.verdicts);
    return {
      preset,
      subject,
      cases: own.length,
      valid: own.filter(({ isValid }) => isValid).length,
      repairs: own.reduce((sum, { repairs }) => sum + repairs, 0),
      rulesPassed: verdicts.filter(({ passed }) => passed).length,
      rules: verdicts.length,
      unsafe: own.reduce((sum, { unsafe }) => sum + unsafe.length, 0),
      secondsPerCase: own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length,
    };
  });

/** Returns the rows as a Markdown table, ordered by preset. */
export const tableOf = (rows: readonly Row[]): string => {
  const head = [
    'preset',
    'model',
    'schema valid',
    'repairs',
    'rules passed',
    'unsafe commands',
    's per case',
  ];
  const lines = rows
    .toSorted((one, other) => one.preset.localeCompare(other.preset))
    .map(({ preset, subject, cases, valid, repairs, rulesPassed, rules, unsafe, secondsPerCase }) => [
      preset,
      subject,
      `${valid} of ${cases}`,
      String(repairs),
      `${rulesPassed} of ${rules}`,
      String(unsafe),
      secondsPerCase.toFixed(1),
    ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};
