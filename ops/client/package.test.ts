import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromiumPath, openBrowser } from '../e2e/harness/browser.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { type OtherSite, startOtherSite } from '../e2e/harness/otherSite.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { counted, type StandinProcess, startStandin } from '../e2e/harness/standin.ts';
import { installClient } from './install.testing.ts';

const run = promisify(execFile);
const repo = fileURLToPath(new URL('../..', import.meta.url));
const example = (name: string) => join(repo, 'docs', 'examples', name);

/** Returns the files that a module imports, transitively, and the packages that they import. */
const reachedFrom = async (entry: string) => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (files.has(file)) return;
    files.add(file);
    const source = await readFile(file, 'utf8');
    for (const [, name = ''] of source.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      if (name.startsWith('.')) await visit(join(dirname(file), name));
      else packages.add(name);
    }
  };
  await visit(entry);
  return { files, packages };
};

describe("the client's package, packed and installed in an empty folder", () => {
  let data: string;
  let folder: string;
  let packed: readonly string[];
  let standin: StandinProcess;
  let server: ServerProcess;
  let page: OtherSite;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [data, folder, standin] = await Promise.all([makeFolder(), makeFolder(), startStandin(200)]);
    page = await startOtherSite(folder);
    packed = await installClient(folder);
    server = await startServer({
      dataDir: data,
      env: {
        OLLAMA_URL: standin.url,
        CORS_ORIGINS: page.origin,
        // The server accepts only the trusted documents of the package.
        PERSISTED_ONLY: 'on',
        PERSISTED_DOCUMENTS: join(folder, 'node_modules/@ziggie/llm-client/dist/documents.json'),
      },
    });
    env = {
      PATH: process.env.PATH,
      ZIGGIE_URL: server.url,
      ZIGGIE_USER: 'admin',
      ZIGGIE_PASSWORD: adminPassword,
    };
  }, 180_000);
  afterAll(async () => {
    await server?.stop();
    await page?.close();
    await standin?.kill();
    await Promise.all([removeFolder(data), removeFolder(folder)]);
  }, 60_000);

  it('contains its code, types and documentation, and nothing else', () => {
    const odd = packed.filter(
      (path) => !/^(dist\/.*\.(js|d\.ts)|dist\/documents\.json|package\.json|README\.md|LICENSE)$/.test(path),
    );
    expect(odd).toEqual([]);
    expect(packed).toEqual(
      expect.arrayContaining(['dist/public.js', 'dist/public.d.ts', 'README.md', 'LICENSE']),
    );
    expect(packed.filter((path) => path.includes('.test.'))).toEqual([]);
  });

  it('imports no module that a browser lacks', async () => {
    const entry = join(folder, 'node_modules/@ziggie/llm-client/dist/public.js');
    const { files, packages } = await reachedFrom(entry);
    expect([...packages]).toEqual(['graphql-ws/client']);
    for (const file of files)
      expect(await readFile(file, 'utf8')).not.toMatch(/\b(process|Buffer|require)\b\s*[.(]/);
  });

  it('runs in Node', async () => {
    await copyFile(example('ask.mjs'), join(folder, 'ask.mjs'));
    const { stdout, stderr } = await run(process.execPath, ['ask.mjs', 'Count to 40'], { cwd: folder, env });
    expect(stdout).toBe(counted(40));
    expect(stderr).toContain('stand-in:latest, 40 tokens');
    const wrong = run(process.execPath, ['ask.mjs'], {
      cwd: folder,
      env: { ...env, ZIGGIE_PASSWORD: 'wrong' },
    });
    await expect(wrong).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNAUTHENTICATED'),
    });
  }, 60_000);

  it('contains the terminal chat', async () => {
    const chat = join(folder, 'node_modules', '.bin', 'ziggie-chat');
    const { stdout } = await run(chat, ['Count to 20'], { cwd: folder, env });
    expect(stdout).toBe(`${counted(20)}\n`);
  }, 60_000);

  it('is typed: correct code compiles, and incorrect code does not', async () => {
    await writeFile(
      join(folder, 'typed.ts'),
      `import { type AnswerResult, createClient, type TypedDocument } from '@ziggie/llm-client';
const client = createClient({ url: 'http://127.0.0.1:8000', token: 'a token' });
const result: AnswerResult = await client.chat({ prompt: 'Hi', options: { temperature: 0 } }).result;
const again: Promise<AnswerResult> = client.chat({ prompt: 'Hi', conversationId: result.conversationId }).result;
for await (const event of client.follow(result.generationId).events()) {
  if (event.type === 'text') event.delta.slice(event.offset);
}
declare const health: TypedDocument<{ health: { version: string } }, Record<string, never>>;
const { health: { version } } = await client.request(health, {});
version.trim();
void again;
// @ts-expect-error a prompt is needed
client.chat({ model: 'llama3.2' });
// @ts-expect-error there is no such option
client.chat({ prompt: 'Hi', options: { warmth: 1 } });
`,
    );
    const flags = [
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      '--lib',
      'es2024,dom',
    ];
    await run(join(repo, 'node_modules', '.bin', 'tsc'), [...flags, '--types', '', 'typed.ts'], {
      cwd: folder,
    });
  }, 60_000);

  const inBrowser = chromiumPath() ? it : it.skip;
  inBrowser(
    'runs in a browser, on a page of another origin',
    async () => {
      await copyFile(example('ask.html'), join(folder, 'ask.html'));
      const browser = await openBrowser();
      try {
        const tab = await browser.newPage();
        await tab.goto(`${page.origin}/ask.html`);
        await tab.getByLabel('Service').fill(server.url);
        await tab.getByLabel('User').fill('admin');
        await tab.getByLabel('Password').fill(adminPassword);
        await tab.getByLabel('Question').fill('Count to 60');
        await tab.getByRole('button', { name: 'Ask' }).click();
        await tab.getByText('COMPLETED').waitFor({ timeout: 20_000 });
        expect(await tab.locator('output').textContent()).toBe(counted(60));
        await tab.getByLabel('Question').fill('Count to 5000');
        await tab.getByRole('button', { name: 'Ask' }).click();
        await tab.getByText('10 11 12').waitFor({ timeout: 20_000 });
        await tab.getByRole('button', { name: 'Stop' }).click();
        await tab.getByText('CANCELLED').waitFor({ timeout: 20_000 });
      } finally {
        await browser.close();
      }
    },
    90_000,
  );
});
