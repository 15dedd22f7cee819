import { writeFile } from 'node:fs/promises';
import { ZiggieError } from '../../client/public.ts';
import { type EvaluatedPreset, readCases } from './cases.ts';
import { type CaseResult, evaluate, type Subject } from './evaluate.ts';
import { readOptions, say, text, UsageError } from './options.ts';
import { openService } from './service.ts';
import { rowsOf, tableOf } from './table.ts';

/** `npm run eval`: evaluates the built-in presets, or retrieval, and prints a table. */

const usage = `npm run eval -- [options]
npm run eval -- retrieval [options]    evaluates how passages of documents are found; --help has its options

Runs the cases of ops/eval/cases against a model, and prints what follows their rules.

  --presets A,B        only these (default: all)
  --cases N            at most N cases of each
  --model NAME         the model (default: the preset's, or else the default one)
  --preset NAME        another preset in the place of the built-in one, with one of --presets
  --against MODEL      runs everything with a second model too
  --against-preset NAME  runs everything with another preset too, such as a copy with another prompt
  --assert             exits with 1 if an answer does not match its schema, or a command is unsafe
  --json FILE          writes the results of all cases
  --url URL            ZIGGIE_URL, with ZIGGIE_TOKEN, or ZIGGIE_USER and ZIGGIE_PASSWORD: a running service.
                       Without it, a service is started for the evaluation, with OLLAMA_URL or the embedded engine.`;

const options = {
  presets: text,
  cases: text,
  model: text,
  preset: text,
  against: text,
  'against-preset': text,
  assert: { type: 'boolean' },
  json: text,
  url: text,
  help: { type: 'boolean', short: 'h' },
} as const;

const presetsOf = (given: string | undefined): readonly EvaluatedPreset[] => {
  const all = Object.keys(readCases()) as EvaluatedPreset[];
  if (given === undefined) return all;
  return given.split(',').map((name) => {
    const known = all.find((each) => each === name.trim());
    if (!known) throw new UsageError(`There are no cases for ${name}. Presets: ${all.join(', ')}.`);
    return known;
  });
};

const maxCasesOf = (given: string | undefined): number => {
  if (given === undefined) return Number.POSITIVE_INFINITY;
  const count = Number(given);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UsageError(`--cases ${given} is not a number from 1.`);
};

const nameOf = ({ preset, model }: Subject): string =>
  [model ?? 'default', preset].filter(Boolean).join(', ');

const main = async (): Promise<number> => {
  const values = readOptions(process.argv.slice(2), options);
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const presets = presetsOf(values.presets);
  const maxCases = maxCasesOf(values.cases);
  if ((values.preset || values['against-preset']) && presets.length !== 1) {
    throw new UsageError('--preset and --against-preset replace one preset: name it with --presets.');
  }
  const first: Subject = { model: values.model ?? null, preset: values.preset ?? null };
  const others: readonly Subject[] = [
    ...(values.against ? [{ ...first, model: values.against }] : []),
    ...(values['against-preset'] ? [{ ...first, preset: values['against-preset'] }] : []),
  ];
  const { client, close } = await openService(values.url || process.env.ZIGGIE_URL);
  const all: { readonly subject: string; readonly results: readonly CaseResult[] }[] = [];
  try {
    for (const subject of [first, ...others]) {
      const results = await evaluate(client, { presets, subject, maxCases, say });
      all.push({ subject: nameOf(subject), results });
    }
  } finally {
    await close();
  }
  const rows = all.flatMap(({ subject, results }) => rowsOf(subject, results));
  process.stdout.write(`${tableOf(rows)}\n`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(all, null, 2)}\n`);
  const isSafe = rows.every(({ valid, cases, unsafe }) => valid === cases && unsafe === 0);
  return values.assert && !isSafe ? 1 : 0;
};

try {
  const [command, ...args] = process.argv.slice(2);
  const isRetrieval = command === 'retrieval';
  process.exitCode = isRetrieval ? await (await import('./retrieval/main.ts')).main(args) : await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ZiggieError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
