import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
import { createLog, gatherLines, readableLines } from './process/log.ts';
import { root } from './process/root.ts';
import { tracing } from './process/tracing.ts';
import { version } from './process/version.ts';
import type { SharedAdapters } from './replicas/shared.ts';
import { banner, engineLines } from './startup/banner.ts';
import { cacheCompiledCode, storeCompiledCode } from './startup/compileCache.ts';
import { prepareDataFolder } from './startup/dataFolder.ts';
import { hangUpWithParent } from './startup/parentProcess.ts';
import { notifySystemd } from './startup/systemd.ts';
import type { WorkerChannel } from './startup/workerChannel.ts';
import type { Stores } from './stores/stores.ts';
import { wantsTraces } from './tracing/wantsTraces.ts';

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

const open = async (config: Config, log: Logger, channel: WorkerChannel | null): Promise<Running> => {
  // Some libraries read NODE_ENV while they load, so they are imported after it is set.
  process.env.NODE_ENV = config.nodeEnv;
  prepareDataFolder(config.dataDir);
  cacheCompiledCode(config.dataDir);
  const { createApp } = await import('./app.ts');
  const { startEngine } = await import('./startup/startEngine.ts');
  const { createEngineMeter } = await import('./metrics/engineMetrics.ts');
  const { withEngineSpans } = await import('./tracing/engineSpans.ts');
  const { createMetricsRegistry } = await import('./metrics/registry.ts');

  const secrets = await loadSecrets(config.dataDir, config.jwtSecret);
  const stores = await openStores(config, log);
  // Embedded engines are one per replica, so no limit over all replicas applies. Ollamas are shared.
  const globalSlots = () => (config.engineUrls === 'embedded' ? null : engine.slots);
  const adapters = await openAdapters(config, log, globalSlots);
  const metricsRegistry = createMetricsRegistry(channel ?? undefined);
  const meter = createEngineMeter(metricsRegistry);
  const engine = startEngine(config, log, process.stderr, adapters.backendSlots, (backend, started, kind) => {
    const metered = meter(backend, started);
    return tracing.isOn ? withEngineSpans(backend, metered, kind) : metered;
  });
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

const openStores = async (config: Config, log: Logger): Promise<Stores> => {
  const stores = await openDatabase(config, log);
  const { attachmentBucket } = config;
  if (attachmentBucket === null) return stores;
  return (await import('./stores/stores.s3.ts')).withBucket(stores, attachmentBucket, log);
};

const openDatabase = async ({ mongodbUrl, dataDir }: Config, log: Logger): Promise<Stores> => {
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
const printBanner = async (
  { app, engine }: Running,
  config: Config,
  log: Logger,
  channel: WorkerChannel | null,
): Promise<void> => {
  // Listens first: if a port is in use, no generated password must be lost.
  const urls = await app.listen();
  const admin = await app.ready();
  const isStarted = await Promise.race([engine.ready().then(() => true), bannerWait()]);
  const health = await engine.health();
  const text = banner({ version, urls, admin, config, engine: health });
  if (channel) channel.started(text, admin.created);
  else {
    print(text);
    void notifySystemd('ready', process.env, log);
  }
  storeCompiledCode();
  if (isStarted) return;
  const lines = engineLines(await engine.ready());
  if (channel) channel.line(lines);
  else print(lines);
};

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const bannerWait = async (): Promise<false> => {
  const { promise, resolve } = Promise.withResolvers<false>();
  setTimeout(() => resolve(false), bannerWaitMs);
  return promise;
};

/** Calls `stop` on a signal, and `kill` on a second one. */
const onSignals = (stop: (signal: NodeJS.Signals) => void, kill: () => void): void => {
  let signalledAt: number | null = null;
  const receive = (signal: NodeJS.Signals) => {
    if (signalledAt === null) {
      signalledAt = performance.now();
      stop(signal);
    } else if (performance.now() - signalledAt > sameSignalMs) kill();
  };
  process.on('SIGTERM', receive);
  process.on('SIGINT', receive);
  // SIGHUP means that the terminal or the parent has ended. Both may send one, so a second one doesn't force an exit.
  process.on('SIGHUP', (signal) => {
    if (signalledAt === null) receive(signal);
  });
};

let stopTracing = async (): Promise<void> => {};

/** Stops the app on a signal, or the process at once on a second one. Resolves on the first signal. */
const stopOnSignals = (app: App, config: Config, log: Logger): Promise<void> => {
  const signalled = Promise.withResolvers<void>();

  const stop = async (signal: NodeJS.Signals) => {
    signalled.resolve();
    log.info({ signal, drainS: config.drainS }, 'server: stopping');
    if (cluster.isPrimary) void notifySystemd('stopping', process.env, log);
    setTimeout(() => process.exit(1), config.drainS * 1000 + closingMs).unref();
    await app.stop();
    await stopTracing();
    log.info('server: stopped');
    process.exit(0);
  };
  onSignals(stop, () => process.exit(1));
  return signalled.promise;
};

/** Runs the workers until the last one has exited. */
const runPrimary = async (config: Config, log: Logger, count: number): Promise<void> => {
  const { startPrimary } = await import('./startup/primary.ts');
  // Longer than a worker gives itself.
  const stopMs = config.drainS * 1000 + 2 * closingMs;
  const onStarted = () => void notifySystemd('ready', process.env, log);
  const primary = startPrimary({ count, log, stopMs, print, onStarted });
  const stop = () => {
    void notifySystemd('stopping', process.env, log);
    primary.stop();
  };
  onSignals(stop, () => primary.stop());
  process.exit(await primary.ended);
};

type Environment = ReturnType<typeof readEnvironment>;

const startTracingIfWanted = async (environment: Environment): Promise<void> => {
  if (!wantsTraces(environment)) return;
  // The exporter reads the process's own environment, which lacks the variables of .env.
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('OTEL_') && value) process.env[name] = value;
  }
  const { startTracing } = await import('./tracing/startTracing.ts');
  stopTracing = startTracing(environment).stop;
};

const runServer = async (config: Config, log: Logger, environment: Environment): Promise<void> => {
  await startTracingIfWanted(environment);
  const channel = cluster.isWorker
    ? (await import('./startup/workerChannel.ts')).createWorkerChannel()
    : null;
  const running = await open(config, log, channel);
  const stopping = stopOnSignals(running.app, config, log);
  await Promise.race([printBanner(running, config, log, channel), stopping]);
};

/** Prints an expected error as one line, and any other error with its stack. */
const fail = (error: unknown): never => {
  const isExpected = error instanceof StartupError;
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`ziggie-llm: ${text}\n`);
  process.exit(1);
};

// A process that npm started ends with npm, even if npm was killed or forwards no signal.
if (process.env.npm_lifecycle_event && cluster.isPrimary) hangUpWithParent();
// Writes fail once the terminal is closed; that must not keep running answers from being saved.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  const environment = readEnvironment();
  const config = readConfig(environment);
  const { stdout } = process;
  const log = createLog(config.logLevel, stdout.isTTY ? readableLines(stdout) : gatherLines(stdout));
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'server: unhandled error, exiting');
    process.exit(1);
  };
  process.on('unhandledRejection', crash);
  process.on('uncaughtException', crash);
  const engines = typeof config.engineUrls === 'object' ? (config.engineUrls ?? []) : [];
  applyEnvironmentProxy(environment, engines);
  const count = config.workers === 'auto' ? availableParallelism() : config.workers;
  if (count > 1 && cluster.isPrimary) await runPrimary(config, log, count);
  else await runServer(config, log, environment);
} catch (error) {
  fail(error);
}
