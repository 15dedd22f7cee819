import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './redis.ts';

const program = fileURLToPath(new URL('./countingOllama.ts', import.meta.url));

/** The timeout of waiting for a question, in milliseconds. */
const timeoutMs = 60_000;

/** Returns the whole answer of a counting stand-in to `Count to …`. */
export const counted = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${index} `).join('');

/** A stand-in for Ollama in its own process, which tests kill, hang and restart on the same port. */
export interface StandinProcess {
  readonly url: string;
  start(): Promise<void>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  /** Sends SIGSTOP: connections are accepted, but get no response. */
  hang(): void;
  /** Sends SIGCONT. */
  resume(): void;
  /** The questions that it has started to answer, oldest first, with repetitions. */
  readonly begun: readonly string[];
  /** Resolves when it has started to answer a question `times` times. */
  hasBegun(question: string, times?: number): Promise<void>;
}

export const startStandin = async (tokensPerSecond: number): Promise<StandinProcess> => {
  const port = await freePort();
  const begun: string[] = [];
  const events = new EventTarget();
  let child: ChildProcess | null = null;

  const start = async () => {
    const flags = ['--disable-warning=ExperimentalWarning', program, String(port), String(tokensPerSecond)];
    child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (!child.stdout) return;
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    lines.on('line', (question) => {
      begun.push(question);
      events.dispatchEvent(new Event('begun'));
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
        await once(events, 'begun', { signal: AbortSignal.timeout(timeoutMs) });
      }
    },
  };
};
