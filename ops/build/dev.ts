import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readableLine } from '../../api/process/readableLog.ts';
import { hangUpWithParent } from '../../api/startup/parentProcess.ts';
import { root } from './tool.ts';

/**
 * `npm run dev`: the API, Relay's compiler, the client's typed documents and Vite, side by side. They start
 * together and end together: on a signal, when Vite ends, or when npm ends. On a terminal, log lines are formatted.
 */
const apiPort = process.env.PORT || '8000';
const webPort = process.env.WEB_PORT || '3000';
const colours = { dev: 34, api: 36, relay: 35, codegen: 33, web: 32 } as const;
type Part = keyof typeof colours;

const running = new Set<ChildProcess>();
let ending = false;

/** How long a part may take to end after SIGTERM before it gets SIGKILL. */
const killAfterMs = 5_000;
/** The pause after the last change before a compiler runs: an editor saves many files at once. */
const debounceMs = 80;

const print = (part: Part, text: string) => {
  const prefix = process.stdout.isTTY
    ? `\x1b[${colours[part]}m${part.padEnd(7)}\x1b[0m `
    : `${part.padEnd(7)} `;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    process.stdout.write(`${prefix}${process.stdout.isTTY ? readableLine(line) : line}\n`);
  }
};

const addresses = (): string => {
  const [api, web] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${webPort}`];
  return [
    `Web app     ${web}   (hot reload)`,
    `GraphiQL    ${api}/graphql`,
    `REST docs   ${api}/docs`,
    `Health      ${api}/health/ready`,
    `Metrics     ${api}/metrics`,
    `Log level   ${process.env.LOG_LEVEL || 'info'}   (more lines: LOG_LEVEL=debug npm run dev)`,
  ].join('\n');
};

const start = (
  part: Part,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess => {
  const child = spawn(join(root, 'node_modules', '.bin', command), args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => print(part, line));
  }
  child.once('error', (error) => print(part, error.message));
  child.once('close', () => running.delete(child));
  return child;
};

const end = (code: number) => {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  for (const watcher of watchers) watcher.close();
  for (const child of running) stop(child);
};

/** Sends SIGTERM, and SIGKILL if the process doesn't end in time. */
const stop = (child: ChildProcess) => {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  child.once('close', () => clearTimeout(timer));
};

/** Calls back after a source below the folders has changed; changes in quick succession count as one. */
const onChange = (folders: readonly string[], changed: () => void) => {
  let timer: NodeJS.Timeout | undefined;
  return folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, path) => {
      if (!path || !/\.(tsx?|graphql)$/.test(path) || /__generated__|dist\//.test(path)) return;
      clearTimeout(timer);
      timer = setTimeout(changed, debounceMs);
    }),
  );
};

/** Runs a compiler now and after each change, one run at a time; a change during a run causes one more. */
const compileOnChange = (
  part: Part,
  command: string,
  args: readonly string[],
  folders: readonly string[],
) => {
  let busy = false;
  let again = false;
  const compile = () => {
    if (ending) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    start(part, command, args).once('close', () => {
      busy = false;
      if (again) compile();
      again = false;
    });
  };
  compile();
  return onChange(folders, compile);
};

/**
 * Runs the API, and restarts it after each change of its sources. Node's own `--watch` isn't used: it would make the API
 * a grandchild of this process, which outlives both.
 */
const serveApi = () => {
  let api: ChildProcess | null = null;
  let changed = false;
  const serve = () => {
    changed = false;
    api = start('api', 'node', ['--disable-warning=ExperimentalWarning', 'api/main.ts'], {
      NODE_ENV: 'development',
      PORT: apiPort,
      WEB_PORT: 'off',
    }).once('close', (code) => {
      api = null;
      if (ending) return;
      if (changed) serve();
      else print('api', `API ended with ${code}. It restarts after the next change.`);
    });
  };
  serve();
  return onChange(['api'], () => {
    if (ending || changed) return;
    changed = api !== null;
    if (api) stop(api);
    else serve();
  });
};

print('dev', addresses());

// relay-compiler's own watch mode needs watchman, which few machines have.
const watchers = [
  ...compileOnChange(
    'relay',
    'node',
    ['--disable-warning=ExperimentalWarning', 'ops/build/relay.ts'],
    ['web', 'schema'],
  ),
  ...compileOnChange('codegen', 'graphql-codegen', ['--config', 'codegen.ts'], ['client', 'schema']),
  ...serveApi(),
];
start('web', 'vite', ['--config', 'web/vite.config.ts'], { PORT: apiPort, WEB_PORT: webPort }).once(
  'close',
  (code) => {
    if (!ending) print('web', `Vite ended with ${code}. Everything else stops.`);
    end(code ?? 1);
  },
);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
if (process.env.npm_lifecycle_event) hangUpWithParent();
