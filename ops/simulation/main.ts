import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { installVirtualTime } from './virtualTime.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

const clock = process.hrtime.bigint;
const write = (line: string) => process.stdout.write(`${line}\n`);
installVirtualTime();
Error.stackTraceLimit = 0;
const { commands } = await import('./commands.ts');
const { play } = await import('./schedule.ts');

const schedule = fc.record({ seed: fc.noShrink(fc.nat(2 ** 31 - 1)), commands });
const startedAt = clock();
let steps = 0;
const found = new Map<string, { count: number; first: string }>();
let index = -1;
const kindOf = (error: unknown) =>
  `${error}`
    .replace(/"[^"]*"/g, '"…"')
    .replace(/id\d{4}|[0-7][0-9A-Z]{25}/g, 'id')
    .replace(/\d+/g, 'N');
let kindFound: string | null = null;
const note = (error: unknown) => {
  const kind = kindOf(error);
  const known = found.get(kind);
  if (known) known.count += 1;
  else found.set(kind, { count: 1, first: `--path ${index}: ${error}` });
};
const result = await fc.check(
  fc.asyncProperty(schedule, async (one) => {
    index += 1;
    try {
      steps += await play(one);
    } catch (error) {
      if (values['keep-going']) {
        note(error);
        return;
      }
      // A shorter list that shows another violation is not a shorter form of this one.
      kindFound ??= kindOf(error);
      if (kindOf(error) === kindFound) throw error;
    }
  }),
  {
    numRuns: Number(values.runs),
    ...(values.seed && { seed: Number(values.seed) }),
    ...(values.path && { path: values.path }),
  },
);
const seconds = Number(clock() - startedAt) / 1e9;
write(`seed ${result.seed}: ${result.numRuns} schedules, ${steps} steps, ${seconds.toFixed(1)} s`);
for (const { count, first } of found.values()) write(`${count} × ${first}`);
if (result.failed) {
  const [counterexample] = result.counterexample ?? [];
  if (counterexample) {
    Error.stackTraceLimit = 10;
    const trace = values.trace ? { trace: write } : {};
    await play(counterexample, { say: write, ...trace }).catch((error: unknown) => write(`${error}`));
  }
  write(`${result.errorInstance}`);
  write(`Replay: npm run simulate -- --seed ${result.seed} --path ${result.counterexamplePath}`);
  process.exitCode = 1;
}
