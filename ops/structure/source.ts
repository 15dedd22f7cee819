import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ParseResult, parseSync, traverse } from '@babel/core';

/** The repository's root. */
export const repo = fileURLToPath(new URL('../..', import.meta.url));

/** One edge between files, or from a file to a package. */
export interface Import {
  /** A path from the repository's root, with `/`. */
  readonly from: string;
  /** A path in the repository, or a package's name as written. */
  readonly to: string;
  /** Whether only types are imported, which don't exist when the program runs. */
  readonly isType: boolean;
}

export interface Source {
  /** A path from the repository's root, with `/`. */
  readonly file: string;
  readonly imports: readonly Import[];
  /** Whether it names `process.env`, or takes `env` from `node:process`. */
  readonly readsEnvironment: boolean;
  readonly tree: ParseResult;
}

/** Returns every source file below a folder, without generated ones. */
export const sourcesOf = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(join(repo, folder), { recursive: true });
  return entries
    .filter((path) => /\.[jt]sx?$/.test(path) && !/(^|\/)(__generated__|dist)\//.test(path))
    .map((path) => join(folder, path))
    .sort();
};

/** Parses the text of a file with the parser that also compiles it for tests. */
export const parseText = (file: string, text: string): ParseResult => {
  const tree = parseSync(text, {
    filename: file,
    babelrc: false,
    configFile: false,
    presets: ['@babel/preset-typescript', ['@babel/preset-react', { runtime: 'automatic' }]],
  });
  if (tree === null) throw new Error(`${file} can't be parsed`);
  return tree;
};

/**
 * Reads a file and its imports: `import`, `export … from`, `import()` and `import('…')` of types.
 *
 * @throws Error if a module is named by anything but a literal, because its target is unknown then
 */
export const readSource = async (file: string): Promise<Source> => {
  const tree = parseText(file, await readFile(join(repo, file), 'utf8'));

  const imports: Import[] = [];
  let readsEnvironment = false;
  const add = (specifier: string, isType: boolean) => {
    const to = specifier.startsWith('.') ? relative(repo, join(repo, dirname(file), specifier)) : specifier;
    imports.push({ from: file, to, isType });
  };

  traverse(tree, {
    // Nothing here asks for variables, and finding those of all files takes seconds.
    noScope: true,
    ImportDeclaration({ node }) {
      add(node.source.value, node.importKind === 'type');
      if (/^(node:)?process$/.test(node.source.value)) readsEnvironment = true;
    },
    ExportAllDeclaration({ node }) {
      add(node.source.value, node.exportKind === 'type');
    },
    ExportNamedDeclaration({ node }) {
      if (node.source) add(node.source.value, node.exportKind === 'type');
    },
    TSImportType({ node }) {
      if (node.argument.type === 'StringLiteral') add(node.argument.value, true);
    },
    CallExpression({ node }) {
      if (node.callee.type !== 'Import') return;
      const [module] = node.arguments;
      if (module?.type !== 'StringLiteral') throw new Error(`${file} imports a module that no literal names`);
      add(module.value, false);
    },
    MemberExpression(path) {
      if (path.matchesPattern('process.env')) readsEnvironment = true;
    },
  });
  return { file, imports, readsEnvironment, tree };
};
