import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./schemaChanges.ts', import.meta.url));

const released = 'type Query {\n  title: String\n  pages: Int\n}\n';
const changelog = '# Changes\n\n## Unreleased\n\nNothing yet.\n\n## 0.0.1 (2026-01-01)\n\nThe first.\n';

describe('npm run schema:changes', () => {
  let folder: string;

  const write = (file: string, text: string) => writeFile(join(folder, file), text);
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  const run = (...args: readonly string[]) => {
    const flags = ['--disable-warning=ExperimentalWarning', program];
    const { status, stderr } = spawnSync(process.execPath, [...flags, ...args, folder], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { status, stderr };
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-schema-'));
    await write('released.graphql', released);
    await write('schema.graphql', released);
    await write('CHANGELOG.md', changelog);
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('accepts the released schema', () => {
    expect(run('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('fails on a breaking change until its line says what clients do instead', async () => {
    await write('schema.graphql', 'type Query {\n  pages: Int\n}\n');
    expect(run('--check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('This breaks clients: Query.title was removed.'),
    });
    expect(run().status).toBe(1);
    const unexplained = await read('CHANGELOG.md');
    expect(unexplained).toContain('## Unreleased\n\n### Breaking\n\n- Query.title was removed.\n');
    expect(run('--check').status).toBe(1);
    await write(
      'CHANGELOG.md',
      unexplained.replace('title was removed.', 'title was removed. Ask for `name`.'),
    );
    expect(run('--check')).toEqual({ status: 0, stderr: '' });
    expect(run().status).toBe(0);
    expect(await read('CHANGELOG.md')).toContain('- Query.title was removed. Ask for `name`.\n');
  });

  it('lists additions, and fails if they are not listed', async () => {
    await write('schema.graphql', released.replace('}', '  author: String\n}'));
    expect(run('--check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Run: npm run schema:changes'),
    });
    expect(run()).toEqual({ status: 0, stderr: '' });
    expect(await read('CHANGELOG.md')).toBe(
      changelog.replace('Nothing yet.', '### Added\n\n- Query.author was added.'),
    );
    expect(run('--check').status).toBe(0);
  });

  it('removes a change that was undone', async () => {
    await write('schema.graphql', released.replace('}', '  author: String\n}'));
    run();
    await write('schema.graphql', released);
    expect(run().status).toBe(0);
    expect(await read('CHANGELOG.md')).toBe(changelog);
  });

  it('releases the schema: later differences are unreleased', async () => {
    const current = released.replace('}', '  author: String\n}');
    await write('schema.graphql', current);
    expect(run('--release')).toEqual({ status: 0, stderr: '' });
    expect(await read('released.graphql')).toBe(current);
    expect(await read('CHANGELOG.md')).toMatch(
      /## Unreleased\n\nNothing yet\.\n\n## \d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)\n\n### Added\n\n- Query\.author was added\.\n\n## 0\.0\.1/,
    );
    expect(run('--check').status).toBe(0);
    expect(run('--release')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('raise the version'),
    });
  });

  it('releases no breaking change without a note', async () => {
    await write('schema.graphql', 'type Query {\n  pages: Int\n}\n');
    expect(run('--release').status).toBe(1);
    expect(await read('released.graphql')).toBe(released);
  });
});
