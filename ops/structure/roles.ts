import type { Import } from './source.ts';

/**
 * The role of a file of `api/`. Its folder and name decide it; for a noun's other files, their imports do.
 *
 * - `command`: the process entry
 * - `composition`: the composition root, the only one that imports both services and adapters
 * - `http`, `schema`: the request surfaces
 * - `service`: operations of a noun, which use ports
 * - `port`: an interface that adapters implement
 * - `model`: types and rules of a noun, without a port
 * - `adapter`: an implementation of a port with one technology, and the technology's own folder
 * - `engine`, `realtime`: folders that import no noun
 * - `foundation`: failures, ids, pages, the configuration, the log; imports no other role
 * - `testing`: tests, contract suites, and their helpers
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
  | 'foundation'
  | 'testing';

/** The roles that each role may import; all other imports are violations. */
export const mayImport: Readonly<Record<Exclude<Role, 'testing'>, readonly Role[]>> = {
  command: ['command', 'composition', 'http', 'schema', 'service', 'port', 'model', 'engine', 'foundation'],
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
    'foundation',
  ],
  http: ['http', 'schema', 'service', 'port', 'model', 'engine', 'foundation'],
  schema: ['schema', 'service', 'port', 'model', 'engine', 'realtime', 'foundation'],
  service: ['service', 'port', 'model', 'engine', 'realtime', 'foundation'],
  port: ['port', 'model', 'engine', 'realtime', 'foundation'],
  model: ['model', 'engine', 'realtime', 'foundation'],
  adapter: ['adapter', 'port', 'model', 'engine', 'realtime', 'foundation'],
  engine: ['engine', 'foundation'],
  realtime: ['realtime', 'foundation'],
  foundation: ['foundation'],
};

const technologies = [
  'sqlite',
  'mongo',
  'redis',
  'bullmq',
  'memory',
  'ollama',
  'llama',
  'dockerode',
  's3',
  'mcp',
] as const;

export type Technology = (typeof technologies)[number];

/** Technologies that are built on another one, and so may import its files. */
export const builtOn: Readonly<Partial<Record<Technology, Technology>>> = { bullmq: 'redis' };

/** Files whose role follows from neither folder nor suffix, with the reason if it isn't obvious. */
const named: Readonly<Record<string, Role>> = {
  'api/main.ts': 'command',
  'api/serve.ts': 'command',
  'api/app.ts': 'composition',
  // Builds the services; `app.ts` adds the transports.
  'api/services.ts': 'composition',
  // Loads each noun's part of the GraphQL schema.
  'api/schema.ts': 'schema',
  'api/stores/stores.ts': 'port',
  'api/replicas/shared.ts': 'port',
  'api/replicas/registry.ts': 'port',
  // Decorates the stores and the shared adapters.
  'api/metrics/dependencyMetrics.ts': 'service',
  // Uses the port above.
  'api/replicas/registration.ts': 'service',
};

/** The files named above; a test checks that all exist. */
export const namedFiles = Object.keys(named);

const ports =
  /\/(store|limits|runningSlots|hits|storage|queue|journal|cache|bus|backendSlots|throttle|engine)\.ts$/;

export const technologyOf = (path: string): Technology | undefined =>
  technologies.find((name) => path.startsWith(`api/${name}/`) || path.endsWith(`.${name}.ts`));

/** The folders whose files all have one role. */
const folders: readonly (readonly [RegExp, Role])[] = [
  [/^api\/startup\//, 'composition'],
  [/^api\/(stores\/stores|replicas\/shared)\.\w+\.ts$/, 'composition'],
  [/^api\/(config|errors|process|paging|access)\//, 'foundation'],
  [/^api\/http\/testing\/|^api\/(engine|docker)\/standin\//, 'testing'],
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
 * Returns the role of each file of `api/`. A noun's file that imports a port or a service is itself a service; otherwise
 * it belongs to the noun's model.
 */
export const rolesOf = (files: readonly string[], imports: readonly Import[]): ReadonlyMap<string, Role> => {
  const roles = new Map(files.map((file) => [file, roleByName(file) ?? 'model'] as const));
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const { from, to } of imports) {
      const importsPort = ports.test(to) && !to.endsWith('/engine.ts');
      if (roles.get(from) === 'model' && (importsPort || roles.get(to) === 'service')) {
        roles.set(from, 'service');
        hasChanged = true;
      }
    }
  }
  return roles;
};
