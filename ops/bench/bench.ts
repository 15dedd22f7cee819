import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench } from './open.ts';
import { circumstances, type Row, summarize, tableOf } from './report.ts';
import { burst } from './scenarios/burst.ts';
import { fanOut } from './scenarios/fanOut.ts';
import { first, firstOfMany } from './scenarios/first.ts';
import { generations } from './scenarios/generations.ts';
import { idle } from './scenarios/idle.ts';
import type { Figures, Scenario } from './scenarios/scenario.ts';
import { measureStart } from './scenarios/start.ts';
import { tokens } from './scenarios/tokens.ts';

const scenarios: readonly Scenario[] = [tokens, first, firstOfMany, burst, generations, fanOut, idle];
const names = [...scenarios.map(({ name }) => name), 'start'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    scaled: { type: 'boolean', default: false },
    base: { type: 'string' },
    rounds: { type: 'string' },
    target: { type: 'string', multiple: true },
    json: { type: 'string' },
    profiles: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`There is no scenario "${unknown}". Scenarios: ${names.join(', ')}.\n`);
  process.exit(1);
}
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
const rounds = Number(values.rounds ?? (values.short ? 1 : 5));
const base = values.base === undefined ? null : resolve(values.base);
const only = values.target ?? [];
const print = (text: string) => process.stdout.write(text);

const bench = await openBench({
  isShort: values.short,
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

try {
  for (const scenario of scenarios.filter(({ name }) => wanted(name))) {
    const measured: Map<string, Figures>[] = [];
    const targets = scenario
      .targets(bench)
      .filter(
        ({ name }) =>
          name.startsWith('floor') || only.length === 0 || only.some((part) => name.includes(part)),
      );
    for (let round = 0; round < rounds; round += 1) {
      const found = new Map<string, Figures>();
      // Every second round runs backwards, so that a drift of the machine's speed affects all alike.
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        found.set(target.name, await scenario.measure(bench, target));
      }
      measured.push(found);
    }
    add(summarize(scenario.name, measured, scenario.ratioOf, bench.floor.name), scenario.title);
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
