import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pdfOf } from '../../api/attachments/reading/documents.testing.ts';
import { signIn } from '../e2e/harness/client.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, startServer } from '../e2e/harness/process.ts';
import { isServerCurrent } from './server.ts';
import { root } from './tool.ts';

const folder = join(root, 'build', 'server');

const run = promisify(execFile);

// In a process of its own: rolldown rejects regular expressions of jest's realm.
beforeAll(() => run(process.execPath, [join(root, 'ops', 'build', 'server.ts')]));

describe('the built server', () => {
  it('is current after a build, so that the next start builds nothing', () => {
    expect(isServerCurrent()).toBe(true);
  });

  it('has stack traces with the lines of the sources', async () => {
    const app = (await readdir(folder)).find((name) => /^app-.*\.js$/.test(name));
    const program = `
      process.setSourceMapsEnabled(true);
      const { createApp } = await import(${JSON.stringify(join(folder, String(app)))});
      await createApp().catch(({ stack }) => console.log(stack));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    const line = Number(/api\/app\.ts:(\d+)/.exec(stdout)?.[1]);
    const source = await readFile(join(root, 'api', 'app.ts'), 'utf8');
    expect(source.split('\n')[line - 1]).toContain('config');
  });

  it('loads no library that an installation without Redis, MongoDB and the embedded engine needs', async () => {
    const files = await readdir(folder);
    const main = files.filter((name) =>
      /^(main|app|packages|stores\.sqlite|shared\.memory|startEngine)/.test(name),
    );
    for (const name of main.filter((each) => each.endsWith('.js'))) {
      const code = await readFile(join(folder, name), 'utf8');
      expect(code).not.toMatch(
        /^import .*from "(ioredis|bullmq|mongodb|node-llama-cpp|@node-rs\/argon2|mammoth|unpdf|html-to-text|htmlparser2|postal-mime|read-excel-file|yauzl)"/m,
      );
    }
  });

  it('starts, and its threads and data files are there', async () => {
    const dataDir = await makeFolder();
    const server = await startServer({ dataDir, entry: join(folder, 'main.js') });
    try {
      const client = await signIn(server.url, 'admin', adminPassword);
      const ask = async (path: string, init: RequestInit = {}) => {
        const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' };
        const response = await fetch(server.url + path, { headers, ...init });
        return [response.status, await response.text()] as const;
      };
      // Read by a thread.
      const upload = { method: 'PUT', body: new Uint8Array(pdfOf(['Sales fell'])) };
      expect(await ask('/api/attachments?name=a.pdf', upload)).toEqual([
        200,
        expect.stringContaining('Sales fell'),
      ]);
      expect(await ask('/api/llm/presets')).toEqual([200, expect.stringContaining('error-explanation')]);
      // Its grammar is compiled by a thread.
      const { generation } = await client.generate({
        prompt: 'Yes or no?',
        format: { enum: ['yes', 'no'] },
        options: { maxTokens: 8 },
      });
      expect(await client.finished(generation.id)).toEqual({
        status: 'COMPLETED',
        text: expect.stringMatching(/^"(yes|no)"$/),
      });
      await client.close();
    } finally {
      await server.stop();
      await removeFolder(dataDir);
    }
  }, 120_000);
});
