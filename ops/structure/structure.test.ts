import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Import, importsOf, repo, sourcesOf } from './imports.ts';

const isTest = (path: string) =>
  /\.(test|contract|testing)\.tsx?$|\/(testing|testServer|temporary|child|standin)/.test(path);

/** A technology's file: only the composition root may know which technology it is. */
const isAdapter = (path: string) => /\.(sqlite|mongo|redis|bullmq|memory|ollama|llama)\.ts$/.test(path);

/** Where a technology's own parts are. */
const technologyRooms = ['api/sqlite/', 'api/redis/', 'api/mongo/'];

/** Files that put the parts together, and why each may. */
const composers: Readonly<Record<string, string>> = {
  'api/app.ts': 'the composition root',
  'api/main.ts': 'opens the stores before there is an app, and reports how that failed',
  'api/startEngine.ts': 'chooses the engine by the configuration',
  'api/engine/choose.ts': 'tells the two engines apart',
  'api/engine/pool.ts': 'counts by itself unless it is given leases to share',
  'api/engine/download.ts': 'knows pip as one of two sources',
};

const nouns = ['accounts', 'conversations', 'generations', 'messages', 'models'];

const roomOf = (path: string): string => path.split('/').slice(0, 2).join('/');

describe('the structure of the code', () => {
  let imports: readonly Import[];

  beforeAll(async () => {
    const files = (await Promise.all(['api', 'web', 'ops'].map(sourcesOf))).flat();
    imports = (await Promise.all(files.map(importsOf))).flat();
  }, 60_000);

  const edges = (isWrong: (edge: Import) => boolean) =>
    imports.filter(isWrong).map(({ from, to }) => `${from} → ${to}`);

  it('reads imports at all', () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(edges(({ from }) => from === 'api/main.ts')).toContain('api/main.ts → api/app.ts');
  });

  it('keeps the web app and the server apart: they meet in schema/', () => {
    expect(edges(({ from, to }) => from.startsWith('web/') && /^(api|ops)\//.test(to))).toEqual([]);
    expect(edges(({ from, to }) => from.startsWith('api/') && /^(web|ops)\//.test(to))).toEqual([]);
  });

  it('lets only the composition know which technology is behind a port', () => {
    const wrong = edges(
      ({ from, to, isType }) =>
        from.startsWith('api/') &&
        !isTest(from) &&
        !isType &&
        isAdapter(to) &&
        !isAdapter(from) &&
        !technologyRooms.some((room) => from.startsWith(room)) &&
        !(from in composers),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps a database driver in its own files', () => {
    const drivers: Readonly<Record<string, RegExp>> = {
      'node:sqlite': /^api\/sqlite\/|\.sqlite\./,
      mongodb: /^api\/mongo\/|\.mongo\.|^ops\//,
      ioredis: /^api\/redis\/|\.redis\.|\.bullmq\./,
      bullmq: /\.bullmq\./,
      'node-llama-cpp': /^api\/engine\//,
      ollama: /\.ollama\./,
    };
    expect(
      edges(({ from, to }) => drivers[to] !== undefined && !isTest(from) && !drivers[to]?.test(from)),
    ).toEqual([]);
  });

  it('keeps realtime and the engine free of any noun', () => {
    const knowsNoun = ({ from, to }: Import) =>
      /^api\/(realtime|engine)\//.test(from) &&
      !isTest(from) &&
      nouns.some((noun) => to.startsWith(`api/${noun}/`));
    expect(edges(knowsNoun)).toEqual([]);
  });

  it('lets nothing but the composition and tests import http', () => {
    const wrong = ({ from, to }: Import) =>
      from.startsWith('api/') &&
      roomOf(to) === 'api/http' &&
      roomOf(from) !== 'api/http' &&
      !isTest(from) &&
      !(from in composers);
    expect(edges(wrong)).toEqual([]);
  });

  it('keeps GraphQL out of services, stores and ports: it is in schema files, http and the builder', () => {
    const mayKnow = /schema\.ts$|^api\/(http\/|builder|printSchema|globalIds|scalars|connections)/;
    const knows = ({ from, to }: Import) =>
      from.startsWith('api/') && !isTest(from) && !mayKnow.test(from) && /^(graphql$|@pothos)/.test(to);
    expect(edges(knows)).toEqual([]);
  });

  it('reads the environment in main alone', async () => {
    const files = (await sourcesOf('api')).filter((path) => !isTest(path) && path !== 'api/main.ts');
    const readers = await Promise.all(
      files.map(async (path) =>
        (await readFile(join(repo, path), 'utf8')).includes('process.env') ? path : [],
      ),
    );
    expect(readers.flat()).toEqual([]);
  });

  it('has one copy of graphql, since types of two are strangers to each other', async () => {
    const lock = JSON.parse(await readFile(join(repo, 'package-lock.json'), 'utf8'));
    const copies = Object.keys(lock.packages).filter((path) => /(^|\/)node_modules\/graphql$/.test(path));
    expect(copies).toEqual(['node_modules/graphql']);
  });

  it("locks every platform's packages: where the lockfile lacks one, npm ci installs nothing anywhere", async () => {
    const lock: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } = JSON.parse(
      await readFile(join(repo, 'package-lock.json'), 'utf8'),
    );
    const lacking = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(lacking).toEqual([]);
  });
});
