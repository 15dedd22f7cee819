import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { variables } from '../../api/config/variables.ts';
import { httpStatusOf } from '../../api/errors/failures.ts';
import { repo, sourcesOf } from './source.ts';

const text = await readFile(`${repo}/SECURITY.md`, 'utf8');

/** The rows of the table of guards: name, description, tests. */
const guards = [...text.matchAll(/^\| ([^|]+) \| ([^|]+) \| (`[^|]+`) \|$/gm)].map(
  ([, name = '', , tests = '']) => ({
    name,
    tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  }),
);

describe('SECURITY.md', () => {
  it('names an existing test for every guard', () => {
    expect(guards.length).toBeGreaterThan(15);
    const missing = guards.flatMap(({ name, tests }) =>
      tests
        .filter((path) => !/\.test\.tsx?$/.test(path) || !existsSync(`${repo}/${path}`))
        .map((path) => [name, path]),
    );
    expect(missing).toEqual([]);
    expect(guards.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('lists every test in ops/e2e/attacks', async () => {
    const attacks = (await sourcesOf('ops/e2e/attacks')).filter((path) => /\.test\.ts$/.test(path));
    const named = new Set(guards.flatMap(({ tests }) => tests));
    expect(attacks.filter((path) => !named.has(path))).toEqual([]);
  });

  it('names only existing variables and error codes', () => {
    const named = [...text.matchAll(/`([A-Z][A-Z_]{3,})[=`]/g)].map(([, name = '']) => name);
    // Error codes are written like variables.
    const isKnown = (name: string) => Object.hasOwn(variables, name) || Object.hasOwn(httpStatusOf, name);
    const unknown = named.filter((name) => !isKnown(name));
    expect(unknown).toEqual([]);
  });
});
