import { readFile, writeFile } from 'node:fs/promises';

/**
 * Checks the licence of every package in the lockfile, and that the list beside this file is current. With `--write`,
 * writes the list.
 */

/** The permitted licences, by SPDX identifier: they require no more than a notice. */
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
  'Zlib',
]);

/**
 * Packages under other licences, with the builds for single platforms that extend their names. Each is a tool: none of its
 * code runs in the product or is built into the web app.
 */
const tools: readonly { readonly name: string; readonly licence: string; readonly does: string }[] = [
  { name: 'lightningcss', licence: 'MPL-2.0', does: 'compiles style sheets, unmodified' },
  { name: 'axe-core', licence: 'MPL-2.0', does: 'finds barriers in the pages of the tests, unmodified' },
  { name: 'caniuse-lite', licence: 'CC-BY-4.0', does: 'tells the compiler what browsers support' },
  {
    name: 'argparse',
    licence: 'Python-2.0',
    does: "reads the arguments of a code generator's YAML parser",
  },
];

/**
 * Packages under other licences that run in the product. Their licences permit that: each is an unmodified library that the
 * user can replace, or its text is that of a permitted licence under another name.
 */
const libraries: readonly { readonly name: RegExp; readonly licence: string; readonly why: string }[] = [
  {
    name: /^@img\/sharp-/,
    licence: 'LGPL-3.0-or-later',
    why: 'libvips, a shared library that `sharp` loads to decode images',
  },
  {
    name: /^sqlite-vec/,
    licence: 'MIT OR Apache',
    why: 'either of MIT and Apache-2.0, under an older spelling',
  },
  { name: /^duck$/, licence: 'BSD', why: 'the text is that of BSD-2-Clause' },
  {
    name: /^(ssh2|cpu-features|buildcheck)$/,
    licence: 'no licence',
    why: 'MIT, in the old field `licenses`, which the lockfile leaves out',
  },
  { name: /^khroma$/, licence: 'no licence', why: 'MIT, in its file `license`' },
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

/** Whether the licence is permitted: one alternative of its SPDX expression is enough. */
const isPermitted = ({ name, licence, isTool }: Package): boolean => {
  const alternatives = licence.replace(/[()]/g, '').split(' OR ');
  const library = libraries.find((one) => one.name.test(name));
  const isAllowed = (one: string) => allowed.has(one) || one === library?.licence;
  return (
    alternatives.some((alternative) => alternative.split(' AND ').every(isAllowed)) ||
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
  'Printed from the lockfile by `npm run licences -- --write`; `npm run licences` checks it, and every package.',
  '',
  '## Dependencies',
  '',
  ...table(direct(dependencies)),
  '## Their dependencies',
  '',
  'For every platform; npm installs the ones for yours.',
  '',
  ...table(transitive),
  '## Tools, tests and the packages of the web app',
  '',
  ...table(direct(devDependencies)),
  '## Libraries under other licences',
  '',
  ...libraries.map(({ name, licence, why }) => `- \`${name.source}\` (${licence}): ${why}.`),
  '',
  '## Tools under other licences',
  '',
  ...tools.map(({ name, licence, does }) => `- \`${name}\` (${licence}) ${does}.`),
  '',
].join('\n');

const rejected = all.filter((one) => !isPermitted(one));
for (const { name, version, licence } of rejected) {
  process.stderr.write(
    `${name} ${version} is under ${licence}, which ops/licences/licences.ts does not permit\n`,
  );
}

if (process.argv.includes('--write')) await writeFile(list, printed);
const isCurrent = (await readFile(list, 'utf8').catch(() => '')) === printed;
if (!isCurrent) {
  process.stderr.write('ops/licences/README.md is not current. Run: npm run licences -- --write\n');
}
if (rejected.length > 0 || !isCurrent) process.exitCode = 1;
else process.stdout.write(`${all.length} packages, all under licences that are allowed\n`);
