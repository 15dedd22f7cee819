import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
      await createApp({}).catch(({ stack }) => console.log(stack));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    const line = Number(/api\/app\.ts:(\d+)/.exec(stdout)?.[1]);
    const source = await readFile(join(root, 'api', 'app.ts'), 'utf8');
    expect(source.split('\n')[line - 1]).toContain('config.modelsAllowed');
  });

  it('loads no library that an installation without Redis, MongoDB and the embedded engine needs', async () => {
    const files = await readdir(folder);
    const main = files.filter((name) =>
      /^(main|app|packages|stores\.sqlite|shared\.memory|startEngine)/.test(name),
    );
    for (const name of main.filter((each) => each.endsWith('.js'))) {
      const code = await readFile(join(folder, name), 'utf8');
      expect(code).not.toMatch(
        /^import .*from "(ioredis|bullmq|mongodb|node-llama-cpp|@node-rs\/argon2|mammoth|unpdf|html-to-text|read-excel-file|yauzl)"/m,
      );
    }
  });

  it('reads documents in threads', async () => {
    const app = (await readdir(folder)).find((name) => /^app-.*\.js$/.test(name));
    const code = await readFile(join(folder, String(app)), 'utf8');
    expect(code).toContain('./documentReader.js');
    expect(await readdir(folder)).toContain('documentReader.js');
  });
});
