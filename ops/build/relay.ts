import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root, run } from './tool.ts';

/** Documents by the SHA-256 of their text, in hexadecimal. */
type Documents = Readonly<Record<string, string>>;

const committedPath = 'schema/persisted.json';
const compiled = join(root, 'web', '__generated__', 'persisted.json');

/**
 * Compiles Relay's documents, and writes `schema/persisted.json`: the documents of the web app, now and in earlier commits,
 * because old pages may still be open (remove a document by hand when no page can send it). Documents that were never committed
 * are dropped: an editor saved them in between. Resolves to whether the file has changed. Throws with the compiler's output if it
 * fails.
 */
export const compileDocuments = async (): Promise<boolean> => {
  await mkdir(dirname(compiled), { recursive: true });
  await writeFile(compiled, '{}');
  // Without the flag, documents that are unchanged since the last run are omitted.
  await run('relay-compiler', ['--repersist']);

  const file = join(root, committedPath);
  const before = await readFile(file, 'utf8').catch(() => '{}');
  const last = await lastCommitted();
  const earlier = Object.entries(parse(before)).filter(([id]) => last === null || Object.hasOwn(last, id));
  const after = print({ ...Object.fromEntries(earlier), ...parse(await readFile(compiled, 'utf8')) });
  if (after === before) return false;
  await writeFile(`${file}.new`, after);
  await rename(`${file}.new`, file);
  return true;
};

const parse = (text: string): Documents => JSON.parse(text);

/** Returns the committed documents; null without Git, as in the build of an image. */
const lastCommitted = async (): Promise<Documents | null> => {
  try {
    const { stdout } = await promisify(execFile)('git', ['show', `HEAD:${committedPath}`], { cwd: root });
    return parse(stdout);
  } catch {
    return null;
  }
};

/** Whether the document belongs to a test: Relay names documents after their file. */
const isTests = (text: string): boolean =>
  /^(query|mutation|subscription) \w+Test(Query|Mutation|Subscription)\b/.test(text);

const print = (documents: Documents): string => {
  const shipped = Object.entries(documents).filter(([, text]) => !isTests(text));
  const byName = shipped.toSorted(([idA, a], [idB, b]) => (a + idA < b + idB ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(byName), null, 2)}\n`;
};

if (import.meta.main) {
  try {
    const changed = await compileDocuments();
    if (changed && process.argv.includes('--check')) {
      throw new Error(`${committedPath} lacked documents of the web app. It has been updated: commit it.`);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
