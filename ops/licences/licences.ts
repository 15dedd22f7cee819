import { readFile, writeFile } from 'node:fs/promises';

/**
 * Checks the licence of every package in the lockfile, and whether the list beside this file is up to date. With
 * `--write`, writes the list.
 */

/** The SPDX identifiers of allowed licences, which require no more than a notice. */
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'OFL-1.1',
  'CC0-1.0',
  'Unlicense',
]);

/**
 * Development tools under other licences, including their platform-specific packages, whose names begin with theirs. No
 * part of them is in the product or in the web app.
 */
const tools: readonly { readonly name: string; readonly licence: string; readonly does: string }[] = [
  { name: 'lightningcss', licence: 'MPL-2.0', does: 'compiles style sheets, unmodified' },
  { name: 'caniuse-lite', licence: 'CC-BY-4.0', does: 'tells the compiler what browsers support' },
  {
    name: 'argparse',
    licence: 'Python-2.0',
    does: "reads the arguments of a code generator's YAML parser",
  },
];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly isTool: boolean;
}

const repo = new URL('../../', import.meta.url);
const list = new URL('ops/licences/README.md', repo);

const { packages: locked } = JSON.parse(await readFile(new URL('package-lock.json', repo), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

const packageAt = (path: string): Package => {
  const { version = '', license = 'no licence', dev = false } = locked[path] ?? {};
  return { name: path.replace(/.*node_modules\//, ''), version, licence: license, isTool: dev };
};

const all = Object.keys(locked)
  .filter((path) => path !== '')
  .map(packageAt)
  .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));

/** Returns whether one of the alternatives of the package's SPDX expression is allowed. */
const isAllowed = ({ name, licence, isTool }: Package): boolean => {
  const alternatives = licence.replace(/[()]/g, '').split(' OR ');
  return (
    alternatives.some((alternative) => allowed.has(alternative)) ||
    (isTool &&
      tools.some(
        (tool) =>
          (name === tool.name || name.startsWith(`${tool.name}-`)) && alternatives.includes(tool.licence),
      ))
  );
};

const table = (packages: readonly Package[]) => {
  const rows = packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  return ['| package | version | licence |', '| --- | --- | --- |', ...new Set(rows), ''];
};

const { dependencies = {}, devDependencies = {} } = locked[''] ?? {};
const direct = (names: Readonly<Record<string, string>>) =>
  Object.keys(names)
    .sort()
    .map((name) => packageAt(`node_modules/${name}`));
const transitive = all.filter(({ name, isTool }) => !isTool && !(name in dependencies));

const printed = [
  '# Licences',
  '',
  'Generated from the lockfile by `npm run licences -- --write`. `npm run licences` checks it, and the licence of every package.',
  '',
  '## Runtime dependencies',
  '',
  ...table(direct(dependencies)),
  '## Transitive runtime dependencies',
  '',
  'For all platforms; an installation contains only the packages of its own.',
  '',
  ...table(transitive),
  '## Development dependencies, and the sources of the web app',
  '',
  ...table(direct(devDependencies)),
  '## Tools under other licences',
  '',
  ...tools.map(({ name, licence, does }) => `- \`${name}\` (${licence}) ${does}.`),
  '',
].join('\n');

const disallowed = all.filter((one) => !isAllowed(one));
for (const { name, version, licence } of disallowed) {
  process.stderr.write(
    `${name} ${version} is under ${licence}, which is not in the allowed list of ops/licences/licences.ts\n`,
  );
}

if (process.argv.includes('--write')) await writeFile(list, printed);
const isCurrent = (await readFile(list, 'utf8').catch(() => '')) === printed;
if (!isCurrent) {
  process.stderr.write(
    'ops/licences/README.md does not match the lockfile. Run: npm run licences -- --write\n',
  );
}
if (disallowed.length > 0 || !isCurrent) process.exitCode = 1;
else process.stdout.write(`${all.length} packages, all under allowed licences\n`);
