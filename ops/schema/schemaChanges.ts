import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSchema } from 'graphql';
import { unannounced, withChanges, withRelease } from './changelog.ts';
import { findChanges } from './changes.ts';

/**
 * Writes the differences between the schema and the last release into `schema/CHANGELOG.md`. Exits with 1 if a breaking
 * change has no note that says what clients do instead. `--check` writes nothing, and also fails if the changelog isn't
 * current. `--release` makes the current schema the release of the version in `package.json`. An argument may name another
 * folder than `schema`.
 */
const repo = fileURLToPath(new URL('../../', import.meta.url));

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false }, release: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = positionals[0] ?? resolve(repo, 'schema');
const changelogFile = resolve(folder, 'CHANGELOG.md');
const releasedFile = resolve(folder, 'released.graphql');

const [released, current, changelog] = await Promise.all([
  readFile(releasedFile, 'utf8'),
  readFile(resolve(folder, 'schema.graphql'), 'utf8'),
  readFile(changelogFile, 'utf8'),
]);
const changes = findChanges(buildSchema(released), buildSchema(current));
const written = withChanges(changelog, changes);
const problems = unannounced(written, changes).map(
  (change) =>
    `This breaks clients: ${change} Keep it and deprecate it first, or add to its line in schema/CHANGELOG.md what clients do instead.`,
);
if (values.check && changelog !== written) {
  problems.push('schema/CHANGELOG.md is not current. Run: npm run schema:changes');
}

if (!values.check) await writeFile(changelogFile, written);
if (values.release && problems.length === 0) {
  const { version } = JSON.parse(await readFile(resolve(repo, 'package.json'), 'utf8'));
  await writeFile(changelogFile, withRelease(written, version, new Date().toISOString().slice(0, 10)));
  await writeFile(releasedFile, current);
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
