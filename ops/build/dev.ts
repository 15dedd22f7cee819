import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { root } from './tool.ts';

/**
 * `npm run dev`: the API, Relay's compiler, the client's typed documents and Vite, side by side. They start
 * together, and when one of them ends, or on Ctrl-C, all end.
 */
const apiPort = process.env.PORT || '8000';
const webPort = process.env.WEB_PORT || '3000';
const colours = { api: 36, relay: 35, codegen: 33, web: 32 } as const;
type Part = keyof typeof colours;

const running = new Set<ChildProcess>();
let ending = false;

/** Milliseconds that a part may take to end before it is made to. */
const patience = 5_000;
/** Milliseconds without another change before a compiler runs: an editor saves many files at once. */
const quiet = 80;

const print = (part: Part, text: string) => {
  const prefix = process.stdout.isTTY
    ? `\x1b[${colours[part]}m${part.padEnd(7)}\x1b[0m `
    : `${part.padEnd(7)} `;
  for (const line of text.split('\n')) if (line.trim() !== '') process.stdout.write(`${prefix}${line}\n`);
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
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => print(part, text));
  child.once('error', (error) => print(part, error.message));
  child.once('close', () => running.delete(child));
  return child;
};

/** Ends all when it ends. */
const serve = (...[part, ...rest]: Parameters<typeof start>) =>
  start(part, ...rest).once('close', (code) => {
    if (!ending) print(part, `ended with ${code}; so does the rest.`);
    end(code ?? 1);
  });

const end = (code: number) => {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  for (const watcher of watchers) watcher.close();
  for (const child of running) child.kill('SIGTERM');
  setTimeout(() => {
    for (const child of running) child.kill('SIGKILL');
  }, patience).unref();
};

/** Runs a compiler now, and again after each change: one run at a time, and one more if something changed meanwhile. */
const compileOnChange = (
  part: Part,
  command: string,
  args: readonly string[],
  folders: readonly string[],
) => {
  let timer: NodeJS.Timeout | undefined;
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
  return folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, path) => {
      if (!path || !/\.(tsx?|graphql)$/.test(path) || /__generated__|dist\//.test(path)) return;
      clearTimeout(timer);
      timer = setTimeout(compile, quiet);
    }),
  );
};

// relay-compiler's own watch mode needs watchman, which few machines have.
const watchers = [
  ...compileOnChange(
    'relay',
    'node',
    ['--disable-warning=ExperimentalWarning', 'ops/build/relay.ts'],
    ['web', 'schema'],
  ),
  ...compileOnChange('codegen', 'graphql-codegen', ['--config', 'codegen.ts'], ['client', 'schema']),
];
serve('api', 'node', ['--watch-path=api', '--disable-warning=ExperimentalWarning', 'api/main.ts'], {
  NODE_ENV: 'development',
  PORT: apiPort,
  WEB_PORT: 'off',
});
serve('web', 'vite', ['--config', 'web/vite.config.ts'], { PORT: apiPort, WEB_PORT: webPort });

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(0));
