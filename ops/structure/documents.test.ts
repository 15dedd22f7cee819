import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { documents, pathsIn, readDocument, treeIn } from './documents.ts';
import { repo } from './source.ts';

describe('the documents', () => {
  it('name and link only files and folders that exist', async () => {
    const files = await documents();
    expect(files.length).toBeGreaterThan(20);
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readDocument(file) })));
    const missing = texts.flatMap(({ file, text }) =>
      pathsIn(file, text)
        .filter((path) => !existsSync(join(repo, path)))
        .map((path) => `${file} names ${path}, which does not exist`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the README', () => {
  it('links every page of docs/', async () => {
    const pages = (await readdir(join(repo, 'docs'))).filter((name) => name.endsWith('.md'));
    expect(pages.length).toBeGreaterThan(10);
    const readme = await readDocument('README.md');
    expect(pages.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([]);
  });
});

describe('the tree in docs/architecture.md', () => {
  it('has every folder and every file at the root of api, and no other', async () => {
    const tree = treeIn(await readDocument('docs/architecture.md'));
    const entries = await readdir(join(repo, 'api'), { recursive: true, withFileTypes: true });
    const paths = entries.map((entry) => ({
      path: join(entry.parentPath.slice(repo.length).replace(/^\//, ''), entry.name),
      isFolder: entry.isDirectory(),
    }));
    const folders = ['api', ...paths.filter(({ isFolder }) => isFolder).map(({ path }) => path)];
    const files = paths
      .filter(({ path, isFolder }) => !isFolder && /^api\/[^/]+\.ts$/.test(path) && !/\.test\.ts$/.test(path))
      .map(({ path }) => path);
    expect(folders.length).toBeGreaterThan(50);
    const problems = [
      ...folders.filter((path) => !tree.folders.includes(path)).map((path) => `add the folder ${path}/`),
      ...tree.folders.filter((path) => !folders.includes(path)).map((path) => `remove the folder ${path}/`),
      ...files.filter((path) => !tree.files.includes(path)).map((path) => `add the file ${path}`),
      ...tree.files.filter((path) => !files.includes(path)).map((path) => `remove the file ${path}`),
    ];
    expect(problems.map((problem) => `docs/architecture.md: ${problem}`)).toEqual([]);
  });
});
