import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Baseline, baselineOf, isWorse, worseThan } from './baseline.ts';
import { printDocs } from './docs.ts';
import { openBench } from './open.ts';
import { circumstances, type Row, summarize, tableOf } from './report.ts';
import { burst } from './scenarios/burst.ts';
import { fanOut } from './scenarios/fanOut.ts';
import { first, firstOfMany } from './scenarios/first.ts';
import { generations } from './scenarios/generations.ts';
import { idle } from './scenarios/idle.ts';
import { pages } from './scenarios/pages.ts';
import type { Figures, Scenario } from './scenarios/scenario.ts';
import { measureStart } from './scenarios/start.ts';
import { tokens } from './scenarios/tokens.ts';

const scenarios: readonly Scenario[] = [tokens, first, firstOfMany, burst, generations, fanOut, idle, pages];
const names = [...scenarios.map(({ name }) => name), 'start'];
const baselinePath = fileURLToPath(new URL('baseline.json', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    scaled: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    'write-baseline': { type: 'boolean', default: false },
    base: { type: 'string' },
    rounds: { type: 'string' },
    streams: { type: 'string' },
    rate: { type: 'string' },
    target: { type: 'string', multiple: true },
    json: { type: 'string' },
    profiles: { type: 'string' },
  },
});

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

/** Returns the value of an option that is a whole number from 1. */
const numberOf = (name: 'rounds' | 'streams' | 'rate', absent: number): number => {
  const given = values[name];
  const value = Number(given ?? absent);
  if (Number.isInteger(value) && value > 0) return value;
  return fail(`--${name} must be a whole number from 1, not ${JSON.stringify(given)}.`);
};

const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) fail(`There is no scenario "${unknown}". Scenarios: ${names.join(', ')}.`);
if (values.docs) {
  await printDocs();
  process.exit(0);
}
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
const rounds = numberOf('rounds', values.short ? 1 : 5);
const steady = { streams: numberOf('streams', values.short ? 100 : 200), rate: numberOf('rate', 20) };
const base = values.base === undefined ? null : resolve(values.base);
const only = values.target ?? [];
const print = (text: string) => process.stdout.write(text);

const bench = await openBench({
  isShort: values.short,
  steady,
  base,
  isScaled: values.scaled,
  profiles: values.profiles === undefined ? null : resolve(values.profiles),
});
const rows: Row[] = [];
const machine = circumstances(base);
print(
  `${Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}\n`,
);

const add = (found: readonly Row[], title: string) => {
  rows.push(...found);
  print(`\n${found[0]?.scenario}: ${title}\n\n${tableOf(found)}`);
};

const measure = async (scenario: Scenario): Promise<readonly Row[]> => {
  const measured: Map<string, Figures>[] = [];
  const targets = scenario
    .targets(bench)
    .filter(
      ({ name }) => name.startsWith('floor') || only.length === 0 || only.some((part) => name.includes(part)),
    );
  for (let round = 0; round < rounds; round += 1) {
    const found = new Map<string, Figures>();
    // Every second round runs backwards, so that a drift of the machine's speed affects all alike.
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      found.set(target.name, await scenario.measure(bench, target));
    }
    measured.push(found);
  }
  return summarize(scenario.name, measured, scenario.ratioOf, bench.floor.name);
};

const readBaseline = async (): Promise<Baseline> => JSON.parse(await readFile(baselinePath, 'utf8'));

/** Measures a scenario that is worse than the baseline once more. Fails the run if it is worse again. */
const check = async (scenario: Scenario, rows: readonly Row[], baseline: Baseline): Promise<void> => {
  if (worseThan(baseline, rows).length === 0) return;
  const again = await measure(scenario);
  add(again, `${scenario.title}, repeated because a ratio is worse than the baseline`);
  // Noise makes one of two runs worse; a change makes both.
  const worse = worseThan(baseline, again).filter(({ row }) =>
    rows.some((before) => before.target === row.target && isWorse(baseline, before)),
  );
  for (const { row, expected } of worse) {
    process.stderr.write(
      `${row.scenario}, ${row.target}: ${row.ratio?.toFixed(2)}x of the floor, baseline ${expected.toFixed(2)}x.\n`,
    );
  }
  if (worse.length > 0) process.exitCode = 1;
};

try {
  const baseline = values.check ? await readBaseline() : null;
  for (const scenario of scenarios.filter(({ name }) => wanted(name))) {
    const found = await measure(scenario);
    add(found, scenario.title);
    if (baseline) await check(scenario, found, baseline);
  }
  if (wanted('start')) {
    const measured: ReadonlyMap<string, Figures>[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await measureStart(bench));
    add(
      summarize('start', measured, null, bench.floor.name),
      'from the start of the process until it is ready',
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await bench.close();
}
if (values.json !== undefined) {
  await writeFile(
    values.json,
    `${JSON.stringify({ ...machine, isScaled: values.scaled, rounds, rows }, null, 2)}\n`,
  );
}
if (values['write-baseline']) {
  await writeFile(baselinePath, `${JSON.stringify(baselineOf(rows), null, 2)}\n`);
}
