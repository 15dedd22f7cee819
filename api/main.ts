import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import type { Logger } from 'pino';
import { loadSecrets } from './access/secrets.ts';
import type { App } from './app.ts';
import { type Config, mergeEnvironments, readConfig } from './config/config.ts';
import { ConfigError } from './config/read.ts';
import type { StandbyEngine } from './engine/engine.standby.ts';
import { StartupError } from './errors/startupError.ts';
import { systemCode } from './errors/systemErrors.ts';
import { createLog } from './process/log.ts';
import { version } from './process/version.ts';
import type { SharedAdapters } from './replicas/shared.ts';
import { banner, engineLines } from './startup/banner.ts';
import { prepareDataFolder } from './startup/dataFolder.ts';
import { hangUpWithParent } from './startup/parentProcess.ts';
import type { Stores } from './stores/stores.ts';

/** How long the first lines wait for the engine, so that they can name it, in milliseconds. */
const engineGlanceMs = 1500;
/** How much longer than `DRAIN_S` closing may take before the process is ended all the same, in milliseconds. */
const closingMs = 10_000;
/** npm passes a Ctrl-C on that the terminal has sent already: two within this many milliseconds are one. */
const sameSignalMs = 1000;

const webRoot = fileURLToPath(new URL('../web/dist', import.meta.url));

const readEnvironment = () => {
  try {
    return mergeEnvironments(process.env, parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.env;
    throw new ConfigError(`.env can't be read: ${String(error)}.`);
  }
};

interface Running {
  readonly app: App;
  readonly engine: StandbyEngine;
}

const open = async (config: Config, log: Logger): Promise<Running> => {
  // Libraries ask the process for it as they are loaded, so they are loaded after it is set.
  process.env.NODE_ENV = config.nodeEnv;
  const { createApp } = await import('./app.ts');
  const { startEngine } = await import('./startup/startEngine.ts');

  prepareDataFolder(config.dataDir);
  const secrets = await loadSecrets(config.dataDir, config.jwtSecret);
  const stores = await openStores(config, log);
  // Every replica with an engine of its own: as many at once as all of them can. Ollamas are shared.
  const globalSlots = () => (config.ollamaUrls === 'embedded' ? null : engine.slots);
  const adapters = await openAdapters(config, log, globalSlots);
  const engine = startEngine(config, log, process.stderr, adapters.backendSlots);
  const engineReady = engine.ready();
  const app = await createApp({ config, stores, adapters, engine, engineReady, secrets, log, webRoot });
  return { app, engine };
};

const openStores = async ({ mongodbUrl, dataDir }: Config, log: Logger): Promise<Stores> => {
  if (mongodbUrl === null)
    return (await import('./stores/stores.sqlite.ts')).openSqliteStores({ dataDir, log });
  return (await import('./stores/stores.mongo.ts')).openMongoStores({ url: mongodbUrl, log });
};

const openAdapters = async (
  { redisUrl, cacheTtlS }: Config,
  log: Logger,
  globalSlots: () => number | null,
): Promise<SharedAdapters> => {
  const cacheMs = cacheTtlS * 1000;
  if (redisUrl === null) {
    return (await import('./replicas/shared.memory.ts')).createMemoryAdapters({ cacheMs });
  }
  const { connectRedisAdapters } = await import('./replicas/shared.redis.ts');
  return connectRedisAdapters({ url: redisUrl, log, globalSlots, cacheMs });
};

const announce = async ({ app, engine }: Running, config: Config): Promise<void> => {
  // First the addresses: a password that is made up must not be lost because a port is in use.
  const urls = await app.listen();
  const admin = await app.ready();
  const found = await Promise.race([engine.ready(), glance()]);
  const health = await engine.health();
  process.stdout.write(`${banner({ version, urls, admin, config, engine: health })}\n`);
  if (found) return;
  process.stdout.write(`${engineLines(await engine.ready())}\n`);
};

const glance = async (): Promise<null> => {
  const { promise, resolve } = Promise.withResolvers<null>();
  setTimeout(() => resolve(null), engineGlanceMs);
  return promise;
};

/** Resolves when it has been told to stop. */
const stopOnSignals = (app: App, config: Config, log: Logger): Promise<void> => {
  const told = Promise.withResolvers<void>();
  let toldAt: number | null = null;

  const stop = async (signal: NodeJS.Signals) => {
    if (toldAt !== null) {
      if (performance.now() - toldAt > sameSignalMs) process.exit(1);
      return;
    }
    toldAt = performance.now();
    told.resolve();
    log.info({ signal, drainS: config.drainS }, 'stopping');
    setTimeout(() => process.exit(1), config.drainS * 1000 + closingMs).unref();
    await app.stop();
    log.info('stopped');
    process.exit(0);
  };

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The terminal or the parent is lost. Each can say so, and neither asks to stop at once: only a person does.
  process.on('SIGHUP', (signal) => {
    if (toldAt === null) stop(signal);
  });
  return told.promise;
};

/** What was foreseen is one line; the rest comes with its stack. */
const fail = (error: unknown): never => {
  const foreseen = error instanceof StartupError;
  const text = error instanceof Error ? (foreseen ? error.message : error.stack) : String(error);
  process.stderr.write(`ziggie-llm: ${text}\n`);
  process.exit(1);
};

// What npm starts ends with npm, also where npm was killed or forwards no signal.
if (process.env.npm_lifecycle_event) hangUpWithParent();
// A terminal that closed takes no more text; that must not keep running answers from being saved.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const config = readConfig(readEnvironment());
  const log = createLog(config.logLevel);
  const giveUp = (error: unknown) => {
    log.fatal({ err: error }, 'an error that nobody handles');
    process.exit(1);
  };
  process.on('unhandledRejection', giveUp);
  process.on('uncaughtException', giveUp);
  const running = await open(config, log);
  const stopping = stopOnSignals(running.app, config, log);
  await Promise.race([announce(running, config), stopping]);
} catch (error) {
  fail(error);
}
