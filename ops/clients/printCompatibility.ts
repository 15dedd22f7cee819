import { readFile, writeFile } from 'node:fs/promises';
import { clients } from './clients.ts';
import { page, readPage, writtenPage } from './compatibility.ts';

/**
 * `npm run compatibility -- --check` checks that docs/compatibility.md is what the tests printed: it has every client of
 * `clients.ts` in its version, none besides, and nothing that fails. Without `--check` it removes rows of clients that are
 * gone, and orders the others.
 */
const text = await readFile(page, 'utf8');
const printed = readPage(text);
const names = clients.map(({ name }) => name);
const ordered = names.flatMap((name) => {
  const cells = printed.clients.get(name);
  return cells ? [[name, cells] as const] : [];
});
const expected = writtenPage({ ...printed, clients: new Map(ordered) });

if (!process.argv.includes('--check')) {
  await writeFile(page, expected);
} else {
  const missing = names.filter((name) => !printed.clients.has(name));
  const failing = ordered.filter(([, cells]) => [...cells.values()].includes('no')).map(([name]) => name);
  const problems = [
    ...missing.map((name) => `has no row of "${name}": run npm run test:clients`),
    ...failing.map((name) => `has a feature of "${name}" that fails: mend it, and run npm run test:clients`),
    ...(expected === text ? [] : ['is not as the tests print it: run npm run compatibility']),
  ];
  for (const problem of problems) process.stderr.write(`docs/compatibility.md ${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
