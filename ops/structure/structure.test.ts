import { mayImport, namedFiles, type Role, rolesOf, standsOn, technologyOf } from './roles.ts';
import { type Import, readSource, type Source, sourcesOf } from './source.ts';

/** Where a driver may be imported, beside tests. */
const drivers: Readonly<Record<string, RegExp>> = {
  'node:sqlite': /^api\/sqlite\/|\.sqlite\./,
  mongodb: /^api\/mongo\/|\.mongo\./,
  ioredis: /^api\/redis\/|\.redis\./,
  'graphql-redis-subscriptions': /^api\/redis\/|\.redis\./,
  bullmq: /\.bullmq\./,
  'node-llama-cpp': /\.llama\./,
  ollama: /\.ollama\./,
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

  const againstTheStream = () =>
    imports
      .filter(({ from, to }) => {
        const role = roles.get(from);
        const target = roles.get(to);
        return role && target && role !== 'testing' && !mayImport[role].includes(target);
      })
      .map(text);

  it('knows the role of what it is about', () => {
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
    expect(againstTheStream()).toEqual([]);
  });

  it('keeps technologies from knowing each other', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (isTesting(from) || roles.get(from) === 'composition' || roles.get(to) !== 'adapter') return false;
      const [mine, other] = [technologyOf(from), technologyOf(to)];
      return mine && other && mine !== other && standsOn[mine] !== other;
    });
    expect(wrong.map(text)).toEqual([]);
  });

  it('keeps a driver in the files of its technology', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('api/') && drivers[to] && !isTesting(from) && !drivers[to].test(from),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('keeps realtime and the engine free of any noun', () => {
    const isNoun = (path: string) => {
      const role = roles.get(path);
      return role === 'service' || role === 'model' || (role === 'port' && path !== 'api/stores/stores.ts');
    };
    const wrong = imports.filter(
      ({ from, to }) => /^api\/(realtime|engine)\//.test(from) && !isTesting(from) && isNoun(to),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('keeps the web app, the client and the server apart: they meet in schema/', () => {
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

  it('keeps what a browser lacks out of the client, but for its terminal', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        /^client\/(?!terminal\/)(?!.*\.test\.ts$)/.test(from) && /^(node:|client\/terminal\/)/.test(to),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('keeps GraphQL out of services, stores and ports', () => {
    const mayKnow: readonly (Role | undefined)[] = ['schema', 'http', 'command', 'testing'];
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith('api/') && /^(graphql$|@pothos\/)/.test(to) && !mayKnow.includes(roles.get(from)),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('has no circle of imports between files', () => {
    const next = Map.groupBy(
      imports.filter(({ to, isType }) => !isType && roles.has(to)),
      ({ from }) => from,
    );
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) {
        circles.push(path.slice(path.indexOf(file)).join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const { to } of next.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of roles.keys()) walk(file, []);
    expect(circles).toEqual([]);
  });

  /** The groups of folders that import each other, in a circle of whatever length. */
  const folderCircles = (folderOfFile: (file: string) => string): readonly string[] => {
    const next = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      if (isTesting(from) || !roles.has(from) || !roles.has(to)) continue;
      const [here, there] = [folderOfFile(from), folderOfFile(to)];
      // A folder and the rooms inside it are one house.
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

  it('has no circle between the folders of the server, types and schemas included', () => {
    const topFolder = (file: string) =>
      file
        .split('/')
        .slice(0, file.split('/').length > 2 ? 2 : 1)
        .join('/');
    expect(folderCircles(topFolder)).toEqual([]);
    expect(folderCircles((file) => file.slice(0, file.lastIndexOf('/')))).toEqual([]);
  });

  it('has no folder with more than 20 source files of its own', () => {
    const sizes = Map.groupBy(
      [...roles].filter(([, role]) => role !== 'testing').map(([file]) => file),
      (file) => file.slice(0, file.lastIndexOf('/')),
    );
    const large = [...sizes].filter(([, files]) => files.length > 20);
    expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
  });

  it('reads the environment in main alone', () => {
    const mayRead = (file: string) =>
      /^(api|client\/terminal)\/main\.ts$|^ops\/|^web\/vite\.config/.test(file) || isTesting(file);
    const readers = sources.filter(({ file, readsEnvironment }) => readsEnvironment && !mayRead(file));
    expect(readers.map(({ file }) => file)).toEqual([]);
  });
});
