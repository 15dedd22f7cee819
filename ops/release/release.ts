import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { commitsSince, git, lastTag } from './git.ts';
import { levelOf, nextVersion, releaseNotes } from './notes.ts';

/**
 * `npm run release`: prints the next version and its notes. `--write` also raises the version in all files that have it, puts the notes into `CHANGELOG.md`, releases the schema, and prints the commands that publish it.
 */

const { values } = parseArgs({ options: { write: { type: 'boolean' }, folder: { type: 'string' } } });
const folder = values.folder ?? process.cwd();
const at = (path: string) => join(folder, path);
const head =
  '# Changes\n\nOne section for each release, newest first. `npm run release` writes it from the commits.\n';

/** The files that repeat the version, and what stands before it there. */
const versionedTexts: readonly (readonly [string, RegExp])[] = [
  ['ops/helm/Chart.yaml', /^(version: |appVersion: ")[\d.]+/gm],
  ['ops/docker/Dockerfile', /(org\.opencontainers\.image\.version=")[\d.]+/g],
  ['client/package.json', /("version": ")[\d.]+/g],
  ['client/README.md', /(ziggie-llm-client-)\d+\.\d+\.\d+/g],
];

const fail = (message: string): never => {
  process.stderr.write(`release: ${message}\n`);
  process.exit(1);
};

const since = await lastTag(folder);
const commits = await commitsSince(folder, since);
if (commits.length === 0) fail(`There are no commits since ${since}: there is nothing to release.`);

const { version } = JSON.parse(await readFile(at('package.json'), 'utf8'));
const schemaLog = await readFile(at('schema/CHANGELOG.md'), 'utf8').catch(() => '');
const [, schemaChanges = ''] = /## Unreleased\n([\s\S]*?)(?=\n## |$)/.exec(schemaLog) ?? [];
const added =
  since === null ? '' : await git(folder, 'diff', '--name-only', '--diff-filter=A', since, 'HEAD');
const migrations = added
  .split('\n')
  .filter((path) => /^api\/sqlite\/migrations\/[\w-]+(?<!\.test)\.ts$/.test(path));
const mongo =
  since === null ? '' : await git(folder, 'diff', '--name-only', since, 'HEAD', '--', 'api/mongo');
const storeChanges = [
  ...migrations.map((path) => `SQLite: migration \`${path.split('/').at(-1)?.replace('.ts', '')}\``),
  ...(/migrate\.ts$/m.test(mongo) ? ['MongoDB: a migration of the documents'] : []),
  ...(/indexes\.ts$/m.test(mongo) ? ['MongoDB: indexes, created at the first start'] : []),
];

const input = { version, commits, schemaChanges, storeChanges };
const next = nextVersion(version, levelOf(input));
const notes = releaseNotes(input, next, new Date().toISOString().slice(0, 10));
process.stdout.write(`${notes}\n`);

if (values.write) {
  if ((await git(folder, 'status', '--porcelain', '--untracked-files=no')).trim() !== '') {
    fail('There are changes that are not committed. Commit them first.');
  }
  // Before anything is written: a breaking change without a note ends here.
  if (schemaLog !== '') {
    await promisify(execFile)('npm', ['run', 'schema:changes', '--', '--check'], { cwd: folder });
  }
  for (const [name, pattern] of versionedTexts) {
    const text = await readFile(at(name), 'utf8').catch(() => null);
    if (text !== null)
      await writeFile(
        at(name),
        text.replaceAll(pattern, (_, before) => `${before}${next}`),
      );
  }
  for (const name of ['package.json', 'package-lock.json']) {
    const manifest = JSON.parse(await readFile(at(name), 'utf8'));
    manifest.version = next;
    if (manifest.packages?.['']) manifest.packages[''].version = next;
    await writeFile(at(name), `${JSON.stringify(manifest, null, 2)}\n`);
  }
  const before = await readFile(at('CHANGELOG.md'), 'utf8').catch(() => head);
  const body = before.startsWith(head) ? before.slice(head.length) : before;
  await writeFile(at('CHANGELOG.md'), `${head}\n${notes}${body}`);
  if (schemaLog !== '') {
    await promisify(execFile)('npm', ['run', 'schema:changes', '--', '--release'], { cwd: folder });
  }
  process.stdout.write(
    [
      `Read CHANGELOG.md, then publish version ${next}:`,
      `  git add CHANGELOG.md && git commit -a -m "Release ${next}" && git tag -a v${next} -m "Release ${next}" && git push --follow-tags`,
      '',
    ].join('\n'),
  );
}
