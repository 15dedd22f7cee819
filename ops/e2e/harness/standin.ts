import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './redis.ts';

const program = fileURLToPath(new URL('./countingOllama.ts', import.meta.url));

/** How long it is waited for a question, in milliseconds. */
const patienceMs = 60_000;

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
  /** The questions that it began to answer, oldest first, each as often as it did. */
  readonly begun: readonly string[];
  /** Resolves when it has begun to answer a question so often. */
  hasBegun(question: string, times?: number): Promise<void>;
}

export const startStandin = async (tokensPerSecond: number): Promise<StandinProcess> => {
  const port = await freePort();
  const begun: string[] = [];
  const told = new EventTarget();
  let child: ChildProcess | null = null;

  const start = async () => {
    const flags = ['--disable-warning=ExperimentalWarning', program, String(port), String(tokensPerSecond)];
    child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (!child.stdout) return;
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    lines.on('line', (question) => {
      begun.push(question);
      told.dispatchEvent(new Event('begun'));
    });
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
    begun,
    async hasBegun(question, times = 1) {
      while (begun.filter((one) => one === question).length < times) {
        await once(told, 'begun', { signal: AbortSignal.timeout(patienceMs) });
      }
    },
  };
};
