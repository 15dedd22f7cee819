import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./migrateStore.ts', import.meta.url));
export const move = ['--from', 'sqlite', '--to', 'mongodb'];

/** Runs the command with the variables of `own`; kills runs that have not ended. */
export const createCommands = (own: () => { readonly DATA_DIR: string; readonly MONGODB_URL: string }) => {
  const running = new Set<ChildProcess>();
  const start = (args: readonly string[] = move, environment: Record<string, string> = {}) => {
    const env = { ...process.env, ...own(), ...environment };
    const flags = ['--disable-warning=ExperimentalWarning', script, ...args];
    // Not in the repository, whose .env must not be read.
    const child = spawn(process.execPath, flags, {
      env,
      cwd: own().DATA_DIR,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  };
  const run = async (args?: readonly string[], environment?: Record<string, string>) => {
    const child = start(args, environment);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, lines: out.trim().split('\n'), err };
  };
  return {
    start,
    /** Runs it to its end. */
    run,
    kill() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
};

/** Returns a port on which nothing listens. */
export const closedPort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
};
