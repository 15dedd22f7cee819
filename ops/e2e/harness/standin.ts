import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './redis.ts';

const program = fileURLToPath(new URL('./countingOllama.ts', import.meta.url));

/** What a counting stand-in says to `Count to …`, whole. */
export const counted = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${index} `).join('');

/** A stand-in for Ollama, as a process that can be killed, hung and started again at the same address. */
export interface StandinProcess {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections are taken, nothing is answered. */
  hang(): void;
  /** SIGCONT. */
  resume(): void;
}

export const startStandin = async (tokensPerSecond: number): Promise<StandinProcess> => {
  const port = await freePort();
  let child: ChildProcess | null = null;

  const start = async () => {
    const flags = ['--disable-warning=ExperimentalWarning', program, String(port), String(tokensPerSecond)];
    child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout) await once(child.stdout, 'data');
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    async kill() {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    hang: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  };
};
