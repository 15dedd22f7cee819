import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A Node process, and the lines that it prints. */
export interface Child {
  readonly lines: AsyncIterator<string>;
  /** Sends SIGKILL and waits for the exit. */
  kill(): Promise<void>;
}

/** Runs `script`, which can use `openSqliteStores`, `contract` (`stores.contract.ts`), `dataDir` and `say(line)`. */
export function startChild(dataDir: string, script: string): Child {
  const prelude = `
    import { writeSync } from 'node:fs';
    const { openSqliteStores } = await import(${moduleUrl('../stores/stores.sqlite.ts')});
    const contract = await import(${moduleUrl('../stores/stores.contract.ts')});
    const dataDir = ${JSON.stringify(dataDir)};
    const say = (line) => writeSync(1, line + '\\n');
  `;
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', prelude + script];
  const child: ChildProcess = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  if (child.stdout === null) throw new Error('the child has no output');
  return {
    lines: createInterface(child.stdout)[Symbol.asyncIterator](),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const moduleUrl = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
