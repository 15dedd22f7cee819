import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { page, type Result, readPage, writtenPage } from './compatibility.ts';
import { createKey } from './key.ts';

const minutes = 60_000;
const ollama = process.env.OLLAMA_URL?.split(',')[0] ?? '';
const isReal = /^https?:/.test(ollama);
const program = new URL('programs/checks.mjs', import.meta.url).pathname;

/**
 * What works on Ollama's own `/v1` and not here, with the reason.
 */
const known: Readonly<Record<string, string>> = {
  'prefill by an assistant':
    'only where the chat template of the model leaves the last turn open; elsewhere Ollama answers in a new turn, and here it is a 400',
};

(isReal ? describe : describe.skip)(
  `the same checks here and on Ollama's own /v1${isReal ? '' : ' (skipped: OLLAMA_URL names none)'}`,
  () => {
    let folder: string;
    let server: ServerProcess;

    beforeAll(async () => {
      folder = await makeFolder();
      server = await startServer({ dataDir: folder, env: { OLLAMA_URL: ollama } });
    }, 2 * minutes);
    afterAll(async () => {
      await server?.stop();
      await removeFolder(folder);
    }, 2 * minutes);

    const check = async (url: string, key: string, model: string): Promise<readonly Result[]> => {
      const env = { ...process.env, CLIENT_URL: url, CLIENT_KEY: key, CLIENT_MODEL: model };
      const { stdout } = await promisify(execFile)(process.execPath, [program], {
        env,
        timeout: 10 * minutes,
      });
      return stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Result);
    };

    it(
      'have the same results, except for those with a reason',
      async () => {
        const { key, model } = await createKey(server.url);
        const there = await check(ollama, 'none', model);
        const here = await check(server.url, key, model);
        expect(here).toHaveLength(43);
        const checks = here.map(({ feature, works, reason }, index) => ({
          feature,
          here: works,
          there: there[index]?.works ?? false,
          reason: known[feature] ?? reason,
        }));
        const table = checks.map(
          ({ feature, ...each }) => `${each.there ? 'yes' : 'no '}  ${each.here ? 'yes' : 'no '}  ${feature}`,
        );
        process.stderr.write(`Ollama  here\n${table.join('\n')}\n`);
        expect(checks.filter((each) => each.there && !each.here && !known[each.feature])).toEqual([]);
        const { clients } = readPage(await readFile(page, 'utf8'));
        await writeFile(page, writtenPage({ clients, checks }));
      },
      25 * minutes,
    );
  },
);
