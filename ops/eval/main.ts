import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Client, createClient, signIn, ZiggieError } from '../../client/public.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, startServer } from '../e2e/harness/process.ts';
import { type EvaluatedPreset, readCases } from './cases.ts';
import { type CaseResult, evaluate, type Subject } from './evaluate.ts';
import { rowsOf, tableOf } from './table.ts';

/** `npm run eval`: runs the cases of the built-in presets, and prints a table. */

const usage = `npm run eval -- [options]

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

class UsageError extends Error {}

const text = { type: 'string' } as const;

const parse = () => {
  try {
    return parseArgs({
      options: {
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
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const say = (line: string) => process.stderr.write(`${line}\n`);

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

/** Connects to the service of `url`, or starts one. */
const open = async (url: string | undefined): Promise<{ client: Client; close(): Promise<void> }> => {
  const { env } = process;
  if (url) {
    const { ZIGGIE_TOKEN: given, ZIGGIE_USER: username, ZIGGIE_PASSWORD: password } = env;
    if (!given && !(username && password)) {
      throw new UsageError('Not signed in. Set ZIGGIE_TOKEN, or ZIGGIE_USER and ZIGGIE_PASSWORD.');
    }
    const token = given || (await signIn({ url, username: username ?? '', password: password ?? '' })).token;
    const client = createClient({ url, token });
    return { client, close: async () => client.close() };
  }
  const folder = await makeFolder();
  const server = await startServer({
    dataDir: folder,
    env: {
      OLLAMA_URL: env.OLLAMA_URL ?? 'embedded',
      RATE_LIMIT: 'off',
      CACHE_TTL_S: '0',
      QUOTA_DAY: 'off',
      QUOTA_MONTH: 'off',
    },
  });
  const close = async () => {
    await server.stop();
    await removeFolder(folder);
  };
  try {
    const { token } = await signIn({ url: server.url, username: 'admin', password: adminPassword });
    const client = createClient({ url: server.url, token });
    return {
      client,
      async close() {
        client.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const nameOf = ({ preset, model }: Subject): string =>
  [model ?? 'default', preset].filter(Boolean).join(', ');

const main = async (): Promise<number> => {
  const values = parse();
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
  const { client, close } = await open(values.url || process.env.ZIGGIE_URL);
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
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ZiggieError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
