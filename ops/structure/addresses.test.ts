import { readFile } from 'node:fs/promises';
import { pagePaths } from '../../api/http/web/webApp.ts';
import { repo } from './source.ts';

const pathsIn = async (file: string) =>
  [...(await readFile(`${repo}/${file}`, 'utf8')).matchAll(/path: '([^'*]+)'/g)].map(([, path = '']) => path);

const sections = await pathsIn('web/admin/sections.ts');

/** The addresses of the router; sections of the administrators' page are below its address. */
const addresses = (await pathsIn('web/routes.tsx')).map((path) => {
  const below = sections.find((section) => section === `/admin/${path}`);
  return below ?? `/${path.replace(/^\//, '')}`.replaceAll(/:\w+/g, 'some-id');
});

describe('the addresses of the web app', () => {
  it('are known to the server, which answers others with 404', () => {
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.filter((address) => !pagePaths.test(address))).toEqual([]);
    expect(pagePaths.test('/nowhere')).toBe(false);
  });

  it('include every section of the administrators’ page', () => {
    expect(sections.length).toBeGreaterThan(3);
    expect(sections.filter((path) => !addresses.includes(path))).toEqual([]);
  });
});
