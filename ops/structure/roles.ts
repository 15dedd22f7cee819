import type { Import } from './source.ts';

/**
 * What a file of the server is, told by where it is and what it is called; a noun's other files by what they know.
 *
 * - `command`: what is started from outside
 * - `composition`: puts the parts together, and alone may know which technology is behind a port
 * - `http`, `schema`: the two ways in
 * - `service`: decides and does, through ports
 * - `port`: what a technology has to promise
 * - `model`: what a noun is, and the rules that hold for it alone
 * - `adapter`: a port kept by one technology, and that technology's own room
 * - `engine`, `realtime`: rooms that know no noun
 * - `ground`: what knows nobody: failures, ids, pages, the configuration, the log
 * - `testing`: tests, contracts, and what only they use
 */
export type Role =
  | 'command'
  | 'composition'
  | 'http'
  | 'schema'
  | 'service'
  | 'port'
  | 'model'
  | 'adapter'
  | 'engine'
  | 'realtime'
  | 'ground'
  | 'testing';

/** Which roles each may import. What isn't here is an edge against the stream. */
export const mayImport: Readonly<Record<Exclude<Role, 'testing'>, readonly Role[]>> = {
  command: ['command', 'composition', 'http', 'schema', 'service', 'port', 'model', 'engine', 'ground'],
  composition: [
    'composition',
    'http',
    'schema',
    'service',
    'port',
    'model',
    'adapter',
    'engine',
    'realtime',
    'ground',
  ],
  http: ['http', 'schema', 'service', 'port', 'model', 'engine', 'ground'],
  schema: ['schema', 'service', 'port', 'model', 'engine', 'realtime', 'ground'],
  service: ['service', 'port', 'model', 'engine', 'realtime', 'ground'],
  port: ['port', 'model', 'engine', 'realtime', 'ground'],
  model: ['model', 'engine', 'realtime', 'ground'],
  adapter: ['adapter', 'port', 'model', 'engine', 'realtime', 'ground'],
  engine: ['engine', 'ground'],
  realtime: ['realtime', 'ground'],
  ground: ['ground'],
};

const technologies = ['sqlite', 'mongo', 'redis', 'bullmq', 'memory', 'ollama', 'llama'] as const;

export type Technology = (typeof technologies)[number];

/** Technologies that stand on another one, and so may use its files. */
export const standsOn: Readonly<Partial<Record<Technology, Technology>>> = { bullmq: 'redis' };

/** Files whose role follows from neither folder nor suffix, each with the reason where there is one to give. */
const named: Readonly<Record<string, Role>> = {
  'api/main.ts': 'command',
  'api/app.ts': 'composition',
  // The half of it that knows no transport.
  'api/services.ts': 'composition',
  // Loads every noun's part of the graph.
  'api/schema.ts': 'schema',
  'api/stores/stores.ts': 'port',
  'api/replicas/shared.ts': 'port',
  'api/replicas/registry.ts': 'port',
  // Works through the port above.
  'api/replicas/registration.ts': 'service',
};

/** The files named above, for a test that none of them is gone. */
export const namedFiles = Object.keys(named);

const ports =
  /\/(store|limits|runningSlots|hits|storage|queue|journal|cache|bus|backendSlots|throttle|engine)\.ts$/;

export const technologyOf = (path: string): Technology | undefined =>
  technologies.find((name) => path.startsWith(`api/${name}/`) || path.endsWith(`.${name}.ts`));

/** The folders whose files all have one role. */
const folders: readonly (readonly [RegExp, Role])[] = [
  [/^api\/startup\//, 'composition'],
  [/^api\/(stores\/stores|replicas\/shared)\.\w+\.ts$/, 'composition'],
  [/^api\/(config|errors|process|paging|access)\//, 'ground'],
  [/^api\/http\/testing\/|^api\/engine\/standin\//, 'testing'],
];

const roleByName = (path: string): Role | undefined => {
  if (named[path]) return named[path];
  if (/\.(test|contract|testing)\.ts$/.test(path)) return 'testing';
  const folder = folders.find(([pattern]) => pattern.test(path));
  if (folder) return folder[1];
  if (technologyOf(path)) return 'adapter';
  if (path.startsWith('api/http/')) return 'http';
  if (path.startsWith('api/engine/')) return 'engine';
  if (path.startsWith('api/realtime/')) return 'realtime';
  if (/^api\/(graph|federation)\/|\/graph\//.test(path)) return 'schema';
  if (ports.test(path)) return 'port';
  if (path.endsWith('/service.ts')) return 'service';
  return undefined;
};

/**
 * The role of every file of the server. A noun's file that works through a port, or through something that does, is a
 * service; one that doesn't is part of what the noun is.
 */
export const rolesOf = (files: readonly string[], imports: readonly Import[]): ReadonlyMap<string, Role> => {
  const roles = new Map(files.map((file) => [file, roleByName(file) ?? 'model'] as const));
  for (let grew = true; grew; ) {
    grew = false;
    for (const { from, to } of imports) {
      const worksThrough = ports.test(to) && !to.endsWith('/engine.ts');
      if (roles.get(from) === 'model' && (worksThrough || roles.get(to) === 'service')) {
        roles.set(from, 'service');
        grew = true;
      }
    }
  }
  return roles;
};
