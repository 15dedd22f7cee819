import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../api/config/config.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';

const gigabyte = 1e9;
/** Free disk space in bytes below which the service soon stops saving. */
const minFree = { failed: 0.2 * gigabyte, warning: 5 * gigabyte };
/** Node's oldest major version that runs TypeScript without a flag. */
const minNode = 24;

export const checkNode = (version = process.versions.node): Finding => {
  const major = Number.parseInt(version, 10);
  if (major >= minNode) return ok('node', `Node ${version} on ${process.platform} ${process.arch}.`);
  return failed(
    'node',
    `Node ${version} is too old: the server needs ${minNode}.`,
    'Start it with npm start, which uses the Node that npm ci installs, or install Node 24.',
  );
};

export const checkMemory = (total = totalmem(), free = freemem()): Finding => {
  const text = `${(total / gigabyte).toFixed(1)} GB of memory, ${(free / gigabyte).toFixed(1)} GB free.`;
  if (total >= 4 * gigabyte) return ok('memory', text);
  return warning(
    'memory',
    text,
    'Use a small model, such as smollm2:135m, or give the machine 8 GB or more.',
  );
};

/** Whether the data folder, or the folder that it will be created in, can be written and has space. */
export const checkDisk = (dataDir: string): Finding => {
  let folder = resolve(dataDir);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return failed(
      'disk',
      `DATA_DIR ${dataDir} can't be written (${systemCode(error)}).`,
      'Give the user that runs the server write access to it, or set DATA_DIR to another folder.',
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${(free / gigabyte).toFixed(1)} GB free for DATA_DIR ${dataDir}.`;
  if (free < minFree.failed) return failed('disk', text, 'Free disk space: the service can no longer save.');
  if (free < minFree.warning) return warning('disk', text, 'Free disk space before it runs out.');
  return ok('disk', text);
};

/** Checks each port: free, or used by this service. */
export const checkPort = async (variable: string, host: string, port: number): Promise<Finding> => {
  const name = `${variable} ${port}`;
  const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const isOurs = await fetch(`http://${at.includes(':') ? `[${at}]` : at}:${port}/health/live`, {
    signal: AbortSignal.timeout(2000),
  })
    .then(async (response) => ((await response.json()) as { status?: unknown }).status === 'live')
    .catch(() => false);
  if (isOurs) return ok('ports', `${name}: the service answers.`);
  const { promise, resolve: done } = Promise.withResolvers<string | null>();
  const probe = createServer();
  probe.once('error', (error) => done(systemCode(error) ?? reasonOf(error)));
  probe.listen(port, host, () => probe.close(() => done(null)));
  const problem = await promise;
  if (problem === null) return ok('ports', `${name} is free: the service doesn't run.`);
  return failed(
    'ports',
    problem === 'EADDRINUSE'
      ? `${name} is used by another program.`
      : `${name} can't be opened (${problem}).`,
    `Stop that program, or set ${variable} to another port.`,
  );
};

/** What `nvidia-smi` prints about each GPU; null if there is no such command. */
export const readGpus = async (): Promise<string | null> => {
  const fields = 'name,driver_version,memory.total,memory.used';
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      [`--query-gpu=${fields}`, '--format=csv,noheader'],
      { timeout: 5000 },
    );
    return stdout.trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

export const checkGpu = async (read = readGpus): Promise<Finding> => {
  try {
    const gpus = await read();
    if (gpus === null || gpus === '') {
      return ok('gpu', 'No NVIDIA GPU is visible here (nvidia-smi). Models of this machine run on the CPU.');
    }
    return ok('gpu', gpus.split('\n').join('; '));
  } catch (error) {
    return warning(
      'gpu',
      `nvidia-smi fails: ${reasonOf(error)}`,
      'Install the NVIDIA driver again and restart the machine. In Docker, install nvidia-container-toolkit.',
    );
  }
};

export const checkMachine = async (config: Config): Promise<readonly Finding[]> => [
  checkNode(),
  checkMemory(),
  checkDisk(config.dataDir),
  await checkPort('PORT', config.host, config.port),
  ...(config.webPort === null || config.webPort === config.port
    ? []
    : [await checkPort('WEB_PORT', config.host, config.webPort)]),
  await checkGpu(),
];
