import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { commitsSince, git, lastTag, previousRelease } from './git.ts';
import { levelOf, nextVersion } from './notes.ts';

const program = fileURLToPath(new URL('release.ts', import.meta.url));

describe('npm run release', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-release-'));
    await git(folder, 'init', '--quiet', '--initial-branch', 'main');
    await git(folder, 'config', 'user.name', 'Test');
    await git(folder, 'config', 'user.email', 'test@example.org');
    await git(folder, 'config', 'commit.gpgsign', 'false');
    await git(folder, 'config', 'tag.gpgsign', 'false');
    const manifest = JSON.stringify({ name: 'x', version: '1.4.2' });
    await commit(
      'Begin',
      { 'package.json': manifest, 'package-lock.json': manifest },
      '2026-01-01T10:00:00Z',
    );
  });
  afterEach(() => rm(folder, { recursive: true }));

  const commit = async (message: string, files: Readonly<Record<string, string>>, at: string) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await git(folder, 'add', '.');
    await promisify(execFile)('git', ['commit', '--quiet', '-m', message], {
      cwd: folder,
      env: { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at },
    });
    return (await git(folder, 'rev-parse', 'HEAD')).trim();
  };

  const release = async (...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, '--folder', folder, ...args]);
      return { code: 0, out: stdout };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, out: stderr };
    }
  };

  it('writes version, changelog and notes from the commits since the last tag, in the sections of their paths', async () => {
    await git(folder, 'tag', 'v1.4.2');
    await commit('Show the age of a message', { 'web/a.ts': '1' }, '2026-01-02T10:00:00Z');
    await commit('Retry a lost write', { 'api/b.ts': '1', 'docs/x.md': '1' }, '2026-01-03T10:00:00Z');
    await commit('Test the retry', { 'api/b.test.ts': '1' }, '2026-01-03T11:00:00Z');
    await commit('Join work that was done side by side', { 'web/a.ts': '2' }, '2026-01-03T12:00:00Z');
    await commit('Keep holds', { 'api/sqlite/migrations/0002-holds.ts': '1' }, '2026-01-04T10:00:00Z');
    expect(await release('--write')).toMatchObject({
      code: 0,
      out: expect.stringContaining('tag -a v1.5.0'),
    });
    const changelog = await readFile(join(folder, 'CHANGELOG.md'), 'utf8');
    expect(changelog.replaceAll(/\([0-9a-f]{7,}\)/g, '(hash)')).toBe(
      [
        '# Changes',
        '',
        'One section for each release, newest first. `npm run release` writes it from the commits.',
        '',
        `## 1.5.0 (${new Date().toISOString().slice(0, 10)})`,
        '',
        '### Changes of the stores',
        '',
        '- SQLite: migration `0002-holds`',
        '',
        '### Web app',
        '',
        '- Show the age of a message (hash)',
        '',
        '### Server',
        '',
        '- Retry a lost write (hash)',
        '- Keep holds (hash)',
        '',
      ].join('\n'),
    );
    for (const name of ['package.json', 'package-lock.json']) {
      expect(JSON.parse(await readFile(join(folder, name), 'utf8')).version).toBe('1.5.0');
    }
    // The next section comes first.
    await commit('Release 1.5.0', {}, '2026-01-04T11:00:00Z');
    await git(folder, 'tag', 'v1.5.0');
    expect(await release()).toMatchObject({ code: 1, out: expect.stringMatching(/nothing to release/) });
    await commit('Mend the web app', { 'web/a.ts': '3' }, '2026-01-05T10:00:00Z');
    await release('--write');
    const headings = (await readFile(join(folder, 'CHANGELOG.md'), 'utf8')).match(/^## \S+/gm);
    expect(headings).toEqual(['## 1.5.1', '## 1.5.0']);
  });

  it('rejects uncommitted changes', async () => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.4.3' }));
    expect(await release('--write')).toMatchObject({ code: 1, out: expect.stringMatching(/not committed/) });
  });

  it('takes the last tag as the previous release, or else the last commit of an earlier day', async () => {
    expect(await previousRelease(folder)).toBeNull();
    const yesterday = await commit('Add a', { a: '1' }, '2026-01-02T23:59:00Z');
    await commit('Add b', { b: '1' }, '2026-01-03T00:01:00Z');
    await commit('Add c', { c: '1' }, '2026-01-03T10:00:00Z');
    expect(await previousRelease(folder)).toBeNull();
    await git(folder, 'tag', 'v1.9.0', 'HEAD~1');
    await git(folder, 'tag', 'v1.10.0', 'HEAD~2');
    await git(folder, 'tag', 'v2.0.0-beta', 'HEAD');
    expect(await lastTag(folder)).toBe('v1.10.0');
    expect(await previousRelease(folder)).toBe(yesterday);
    expect((await commitsSince(folder, 'v1.10.0')).map(({ subject }) => subject)).toEqual(['Add b', 'Add c']);
  });
});

describe('the next version', () => {
  const commit = (subject: string, body = '') => ({ hash: 'h', subject, body, paths: ['api/a.ts'] });
  const breaking = '### Breaking\n\n- Query.a was removed. Use b.\n';
  it.each([
    ['1.2.3', [commit('Retry a write')], '', '1.2.4'],
    ['1.2.3', [commit('Add a button')], '', '1.3.0'],
    ['1.2.3', [commit('Retry', 'Breaking: set X.')], '', '2.0.0'],
    ['1.2.3', [commit('Retry')], breaking, '2.0.0'],
    ['0.2.3', [commit('Retry')], breaking, '0.3.0'],
    ['0.2.3', [commit('Add a button')], '', '0.2.4'],
  ])('after %s follows from commits and schema', (version, commits, schemaChanges, next) => {
    expect(nextVersion(version, levelOf({ version, commits, schemaChanges, storeChanges: [] }))).toBe(next);
  });

  it('needs a version of three numbers', () => {
    expect(() => nextVersion('1.2', 'patch')).toThrow('does not have the form');
  });
});
