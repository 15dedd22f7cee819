import { builtOn, mayImport, namedFiles, type Role, rolesOf, technologyOf } from './roles.ts';
import { type Import, readSource, type Source, sourcesOf } from './source.ts';

/** The files that may import a driver, besides tests. */
const drivers: Readonly<Record<string, RegExp>> = {
  'node:sqlite': /^api\/sqlite\/|\.sqlite\./,
  mongodb: /^api\/mongo\/|\.mongo\./,
  ioredis: /^api\/redis\/|\.redis\./,
  'graphql-redis-subscriptions': /^api\/redis\/|\.redis\./,
  bullmq: /\.bullmq\./,
  'node-llama-cpp': /\.llama\./,
  ollama: /\.ollama\./,
  dockerode: /\.dockerode\./,
  s3mini: /^api\/s3\/|\.s3\./,
  '@modelcontextprotocol/client': /\.mcp\./,
};

const text = ({ from, to }: Import) => `${from} → ${to}`;

const folderOf = (path: string) => path.split('/')[0] ?? '';

describe('the structure of the code', () => {
  let sources: readonly Source[];
  let imports: readonly Import[];
  let roles: ReadonlyMap<string, Role>;

  beforeAll(async () => {
    const files = await Promise.all(['api', 'web', 'client', 'ops'].map(sourcesOf));
    sources = await Promise.all(files.flat().map(readSource));
    imports = sources.flatMap((source) => source.imports);
    roles = rolesOf(files[0] ?? [], imports);
  }, 60_000);

  const isTesting = (path: string) => roles.get(path) === 'testing';

  const violations = () =>
    imports
      .filter(({ from, to }) => {
        const role = roles.get(from);
        const target = roles.get(to);
        return role && target && role !== 'testing' && !mayImport[role].includes(target);
      })
      .map(text);

  it('knows the roles of files', () => {
    expect(imports.length).toBeGreaterThan(1000);
    expect(namedFiles.filter((file) => !roles.has(file))).toEqual([]);
    const some = [
      'main',
      'app',
      'generations/graph/generate',
      'generations/run/run',
      'generations/store/store',
    ];
    expect(some.map((file) => roles.get(`api/${file}.ts`))).toEqual([
      'command',
      'composition',
      'schema',
      'service',
      'port',
    ]);
  });

  it('imports one way: main → app → http and schema → service → port ← adapter', () => {
    expect(violations()).toEqual([]);
  });

  it('has no imports between technologies', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (isTesting(from) || roles.get(from) === 'composition' || roles.get(to) !== 'adapter') return false;
      const [importer, imported] = [technologyOf(from), technologyOf(to)];
      return importer && imported && importer !== imported && builtOn[importer] !== imported;
    });
    expect(wrong.map(text)).toEqual([]);
  });

  it('imports a driver only in the files of its technology', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('api/') && drivers[to] && !isTesting(from) && !drivers[to].test(from),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('imports no noun in realtime and engine', () => {
    const isNoun = (path: string) => {
      const role = roles.get(path);
      return role === 'service' || role === 'model' || (role === 'port' && path !== 'api/stores/stores.ts');
    };
    const wrong = imports.filter(
      ({ from, to }) => /^api\/(realtime|engine)\//.test(from) && !isTesting(from) && isNoun(to),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('has no imports between the web app, the client and the server, which share only schema/', () => {
    const mayKnow: Readonly<Record<string, readonly string[]>> = {
      api: ['api'],
      web: ['web'],
      client: ['client'],
      ops: ['ops', 'api', 'client'],
    };
    const ours = Object.keys(mayKnow);
    const wrong = imports.filter(
      ({ from, to }) => ours.includes(folderOf(to)) && !mayKnow[folderOf(from)]?.includes(folderOf(to)),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('imports no Node modules in the client, except in its terminal', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        /^client\/(?!terminal\/)(?!.*\.test\.ts$)/.test(from) && /^(node:|client\/terminal\/)/.test(to),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('imports no GraphQL in services, stores and ports', () => {
    const mayKnow: readonly (Role | undefined)[] = ['schema', 'http', 'command', 'testing'];
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith('api/') && /^(graphql$|@pothos\/)/.test(to) && !mayKnow.includes(roles.get(from)),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('has no import cycle between files', () => {
    const next = Map.groupBy(
      imports.filter(({ to, isType }) => !isType && roles.has(to)),
      ({ from }) => from,
    );
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) {
        cycles.push(path.slice(path.indexOf(file)).join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const { to } of next.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of roles.keys()) walk(file, []);
    expect(cycles).toEqual([]);
  });

  /** Returns the folders that are part of an import cycle of any length. */
  const folderCycles = (folderOfFile: (file: string) => string): readonly string[] => {
    const next = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      if (isTesting(from) || !roles.has(from) || !roles.has(to)) continue;
      const [here, there] = [folderOfFile(from), folderOfFile(to)];
      // Imports between a folder and its subfolders are no edges.
      if (`${here}/`.startsWith(`${there}/`) || `${there}/`.startsWith(`${here}/`)) continue;
      next.set(here, (next.get(here) ?? new Set()).add(there));
    }
    const reachable = (start: string): Set<string> => {
      const found = new Set<string>();
      const open = [...(next.get(start) ?? [])];
      for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
        if (found.has(folder)) continue;
        found.add(folder);
        open.push(...(next.get(folder) ?? []));
      }
      return found;
    };
    const reach = new Map([...next.keys()].map((folder) => [folder, reachable(folder)]));
    return [...reach].filter(([folder, found]) => found.has(folder)).map(([folder]) => folder);
  };

  it('has no import cycle between the folders of the server, including type imports', () => {
    const topFolder = (file: string) =>
      file
        .split('/')
        .slice(0, file.split('/').length > 2 ? 2 : 1)
        .join('/');
    expect(folderCycles(topFolder)).toEqual([]);
    expect(folderCycles((file) => file.slice(0, file.lastIndexOf('/')))).toEqual([]);
  });

  it('has at most 20 source files directly in a folder', () => {
    const sizes = Map.groupBy(
      [...roles].filter(([, role]) => role !== 'testing').map(([file]) => file),
      (file) => file.slice(0, file.lastIndexOf('/')),
    );
    // Migrations are a list in order, found by their numbers.
    const isList = (folder: string) => folder.endsWith('/migrations');
    const large = [...sizes].filter(([folder, files]) => files.length > 20 && !isList(folder));
    expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
  });

  it('reads the environment only in the process entries', () => {
    const mayRead = (file: string) =>
      /^(api|client\/terminal)\/main\.ts$|^api\/serve\.ts$|^ops\/|^web\/vite\.config/.test(file) ||
      isTesting(file);
    const readers = sources.filter(({ file, readsEnvironment }) => readsEnvironment && !mayRead(file));
    expect(readers.map(({ file }) => file)).toEqual([]);
  });
});
