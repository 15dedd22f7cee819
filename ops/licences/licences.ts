import { readFile, writeFile } from 'node:fs/promises';

/** What may be used, by SPDX identifier: licences that ask for a notice and no more. */
const allowed = [
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
];

/** What only builds or tests, and is no part of what runs or of the built web app, may also be under these. */
const allowedInTools = [...allowed, 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0'];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const repo = new URL('../../', import.meta.url);
const list = new URL('ops/licences/README.md', repo);

/** An SPDX expression is fit where one of its alternatives is. */
const isFit = (expression: string, licences: readonly string[]): boolean =>
  expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((alternative) => licences.includes(alternative.trim()));

const lock = JSON.parse(await readFile(new URL('package-lock.json', repo), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

const unfit = Object.entries(lock.packages).filter(
  ([path, { license = 'none', dev = false }]) =>
    path !== '' && !isFit(license, dev ? allowedInTools : allowed),
);
for (const [path, { license = 'none' }] of unfit) {
  process.stderr.write(`${path} is under ${license}, which ops/licences/licences.ts does not allow\n`);
}

const { dependencies = {}, devDependencies = {} } = lock.packages[''] ?? {};
const rows = (names: Readonly<Record<string, string>>) =>
  Object.keys(names)
    .sort()
    .map((name) => {
      const { version = '', license = '' } = lock.packages[`node_modules/${name}`] ?? {};
      return `| ${name} | ${version} | ${license} |`;
    });
const table = ['| package | version | licence |', '| --- | --- | --- |'];
const printed = [
  '# Licences',
  '',
  'Printed by `npm run licences -- --write` from the lockfile; `npm run licences` checks it, and every package beneath.',
  '',
  '## What runs',
  '',
  ...table,
  ...rows(dependencies),
  '',
  '## What builds and tests, and what the web app is built from',
  '',
  ...table,
  ...rows(devDependencies),
  '',
].join('\n');

if (process.argv.includes('--write')) await writeFile(list, printed);
else if ((await readFile(list, 'utf8').catch(() => '')) !== printed) {
  process.stderr.write(
    'ops/licences/README.md is not what the lockfile says. Run: npm run licences -- --write\n',
  );
  process.exitCode = 1;
}
if (unfit.length > 0) process.exitCode = 1;
