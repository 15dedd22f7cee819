import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@babel/core';

/** The repository's root. */
export const repo = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** Paths from the repository's root, with `/`. */
  readonly from: string;
  /** A path of ours, or a package's name as it is written. */
  readonly to: string;
  /** Whether only types come over: nothing of it is there when the program runs. */
  readonly isType: boolean;
}

/** Every source file below a folder, generated ones left out. */
export const sourcesOf = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(join(repo, folder), { recursive: true });
  return entries
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(__generated__|dist)\//.test(path))
    .map((path) => join(folder, path));
};

/** What a file imports, by a parser: `import`, `export … from` and `import()` with a literal. */
export const importsOf = async (file: string): Promise<readonly Import[]> => {
  const code = await readFile(join(repo, file), 'utf8');
  const tree = parseSync(code, {
    filename: file,
    babelrc: false,
    configFile: false,
    presets: ['@babel/preset-typescript', ['@babel/preset-react', { runtime: 'automatic' }]],
    parserOpts: { plugins: ['importAttributes'] },
  });
  const found: Import[] = [];
  const add = (specifier: string, isType: boolean) => {
    const to = specifier.startsWith('.') ? relative(repo, join(repo, dirname(file), specifier)) : specifier;
    found.push({ from: file, to, isType });
  };
  for (const statement of tree?.program.body ?? []) {
    if (statement.type === 'ImportDeclaration') add(statement.source.value, statement.importKind === 'type');
    if (statement.type === 'ExportAllDeclaration')
      add(statement.source.value, statement.exportKind === 'type');
    if (statement.type === 'ExportNamedDeclaration' && statement.source) {
      add(statement.source.value, statement.exportKind === 'type');
    }
  }
  for (const [, specifier = ''] of code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) add(specifier, false);
  return found;
};
