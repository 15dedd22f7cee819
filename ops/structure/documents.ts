import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { repo } from './source.ts';

/** The folders whose documents are checked, beside the root. */
const folders = ['client', 'docs', 'ops/decisions', 'ops/gateway', 'ops/simulation', 'schema'];

/** Returns the paths of all documents, from the repository's root. */
export const documents = async (): Promise<readonly string[]> => {
  const listed = await Promise.all(
    ['.', ...folders].map(async (folder) =>
      (await readdir(join(repo, folder))).map((name) => join(folder, name)),
    ),
  );
  return listed.flat().filter((path) => path.endsWith('.md'));
};

export const readDocument = (path: string): Promise<string> => readFile(join(repo, path), 'utf8');

/**
 * Returns the paths that a document names, from the repository's root: those in backquotes that begin with a folder of the
 * repository, and relative links. Patterns such as `store.*.ts` and generated files are left out.
 */
export const pathsIn = (document: string, text: string): readonly string[] => {
  const quoted = [...text.matchAll(/`((?:api|client|docs|ops|schema|web)\/[^`\s]*)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !/[*…{<]|\/(dist|__generated__)\//.test(path));
  const linked = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => relative(repo, join(repo, dirname(document), link)));
  return [...quoted, ...linked];
};

/**
 * Reads the tree of `api/` in a document: an indented list in which a line names one file, or one or more folders that end
 * with `/`, and may go on with a description after two spaces.
 *
 * @returns paths from the repository's root, without a final `/`
 */
export const treeIn = (
  text: string,
): { readonly folders: readonly string[]; readonly files: readonly string[] } => {
  const [, tree = ''] = /```\n(api\/\n[\s\S]*?)```/.exec(text) ?? [];
  const found = { folders: [] as string[], files: [] as string[] };
  const parents: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent = '', names = ''] = /^( *)(\S+(?: \S+)*)(?: {2}.*)?$/.exec(line) ?? [];
    if (names === '') continue;
    const depth = indent.length / 2;
    for (const name of names.split(' ')) {
      const path = join(...parents.slice(0, depth), name);
      if (name.endsWith('/')) {
        parents[depth] = name;
        found.folders.push(path.replace(/\/$/, ''));
      } else found.files.push(path);
    }
  }
  return found;
};
