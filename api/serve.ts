import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Logger } from 'pino';
import { loadSecrets } from './access/secrets.ts';
import type { App } from './app.ts';
import { type Config, mergeEnvironments, readConfig } from './config/config.ts';
import { ConfigError } from './config/read.ts';
import type { StandbyEngine } from './engine/engine.standby.ts';
import { StartupError } from './errors/startupError.ts';
import { systemCode } from './errors/systemErrors.ts';
import { applyEnvironmentProxy } from './process/environmentProxy.ts';
import { createLog, gatherLines } from './process/log.ts';
import { root } from './process/root.ts';
import { version } from './process/version.ts';
import type { SharedAdapters } from './replicas/shared.ts';
import { banner, engineLines } from './startup/banner.ts';
import { cacheCompiledCode, storeCompiledCode } from './startup/compileCache.ts';
import { prepareDataFolder } from './startup/dataFolder.ts';
import { hangUpWithParent } from './startup/parentProcess.ts';
import { notifySystemd } from './startup/systemd.ts';
import type { Stores } from './stores/stores.ts';

/** How long the banner waits for the engine, in ms. */
const bannerWaitMs = 1500;
/** How long a stop may take beyond `DRAIN_S` before the process is killed, in ms. */
const closingMs = 10_000;
/** On Ctrl-C both the terminal and npm send a signal: a second one within this time, in ms, is ignored. */
const sameSignalMs = 1000;

const webRoot = join(root, 'web', 'dist');

const readEnvironment = () => {
  try {
    return mergeEnvironments(process.env, parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.env;
    throw new ConfigError(`.env can't be read: ${String(error)}. Make it readable, or remove it.`);
  }
};

interface Running {
  readonly app: App;
  readonly engine: StandbyEngine;
}

const open = async (config: Config, log: Logger): Promise<Running> => {
  // Some libraries read NODE_ENV while they load, so they are imported after it is set.
  process.env.NODE_ENV = config.nodeEnv;
  prepareDataFolder(config.dataDir);
  cacheCompiledCode(config.dataDir);
  const { createApp } = await import('./app.ts');
  const { startEngine } = await import('./startup/startEngine.ts');
  const { createEngineMeter } = await import('./metrics/engineMetrics.ts');
  const { createMetricsRegistry } = await import('./metrics/registry.ts');

  const secrets = await loadSecrets(config.dataDir, config.jwtSecret);
  const stores = await openStores(config, log);
  // Embedded engines are one per replica, so no limit over all replicas applies. Ollamas are shared.
  const globalSlots = () => (config.engineUrls === 'embedded' ? null : engine.slots);
  const adapters = await openAdapters(config, log, globalSlots);
  const metricsRegistry = createMetricsRegistry();
  const meter = createEngineMeter(metricsRegistry);
  const engine = startEngine(config, log, process.stderr, adapters.backendSlots, meter);
  const engineReady = engine.ready();
  const app = await createApp({
    config,
    stores,
    adapters,
    engine,
    engineReady,
    secrets,
    log,
    webRoot,
    metricsRegistry,
  });
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

/** Prints the banner, and the engine once it has started. */
const printBanner = async ({ app, engine }: Running, config: Config, log: Logger): Promise<void> => {
  // Listens first: if a port is in use, no generated password must be lost.
  const urls = await app.listen();
  const admin = await app.ready();
  const isStarted = await Promise.race([engine.ready().then(() => true), bannerWait()]);
  const health = await engine.health();
  process.stdout.write(`${banner({ version, urls, admin, config, engine: health })}\n`);
  void notifySystemd('ready', process.env, log);
  storeCompiledCode();
  if (isStarted) return;
  process.stdout.write(`${engineLines(await engine.ready())}\n`);
};

const bannerWait = async (): Promise<false> => {
  const { promise, resolve } = Promise.withResolvers<false>();
  setTimeout(() => resolve(false), bannerWaitMs);
  return promise;
};

/** Stops the app on a signal, or the process at once on a second one. Resolves on the first signal. */
const stopOnSignals = (app: App, config: Config, log: Logger): Promise<void> => {
  const signalled = Promise.withResolvers<void>();
  let signalledAt: number | null = null;

  const stop = async (signal: NodeJS.Signals) => {
    if (signalledAt !== null) {
      if (performance.now() - signalledAt > sameSignalMs) process.exit(1);
      return;
    }
    signalledAt = performance.now();
    signalled.resolve();
    log.info({ signal, drainS: config.drainS }, 'server: stopping');
    void notifySystemd('stopping', process.env, log);
    setTimeout(() => process.exit(1), config.drainS * 1000 + closingMs).unref();
    await app.stop();
    log.info('server: stopped');
    process.exit(0);
  };

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // SIGHUP means that the terminal or the parent has ended. Both may send one, so a second one doesn't force an exit.
  process.on('SIGHUP', (signal) => {
    if (signalledAt === null) stop(signal);
  });
  return signalled.promise;
};

/** Prints an expected error as one line, and any other error with its stack. */
const fail = (error: unknown): never => {
  const isExpected = error instanceof StartupError;
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`ziggie-llm: ${text}\n`);
  process.exit(1);
};

// A process that npm started ends with npm, even if npm was killed or forwards no signal.
if (process.env.npm_lifecycle_event) hangUpWithParent();
// Writes fail once the terminal is closed; that must not keep running answers from being saved.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const environment = readEnvironment();
  const config = readConfig(environment);
  const log = createLog(config.logLevel, gatherLines(process.stdout));
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'server: unhandled error, exiting');
    process.exit(1);
  };
  process.on('unhandledRejection', crash);
  process.on('uncaughtException', crash);
  const engines = typeof config.engineUrls === 'object' ? (config.engineUrls ?? []) : [];
  applyEnvironmentProxy(environment, engines);
  const running = await open(config, log);
  const stopping = stopOnSignals(running.app, config, log);
  await Promise.race([printBanner(running, config, log), stopping]);
} catch (error) {
  fail(error);
}
