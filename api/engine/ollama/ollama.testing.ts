import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const url = process.env.OLLAMA_URL ?? '';

/** Addresses of real Ollamas to test with; empty if `OLLAMA_URL` is blank or `embedded`. */
export const ollamaUrls: readonly string[] = url === '' || url === 'embedded' ? [] : url.split(',');

/** The loopback port that a suite listens on while it uses the Ollamas. The system frees it if the process dies. */
const lockPort = 31_434;
const lockTimeoutMs = 5 * 60_000;

/** Waits until no other suite, in whatever process, uses the Ollamas: they have few slots, and tests count on them. */
const lockOllamas = async (): Promise<Server> => {
  for (;;) {
    const server = createServer().listen({ port: lockPort, host: '127.0.0.1', exclusive: true });
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await sleep(100);
    }
  }
};

/**
 * Runs the suite if `OLLAMA_URL` names an Ollama, else skips it with a title that says what is missing. Suites that run
 * at the same time use the Ollamas one after another.
 */
export const describeWithOllama = (name: string, suite: () => void): void => {
  if (ollamaUrls.length === 0) {
    describe.skip(`${name} (skipped: OLLAMA_URL names none)`, suite);
    return;
  }
  describe(name, () => {
    let lock: Server;
    beforeAll(async () => {
      lock = await lockOllamas();
    }, lockTimeoutMs);
    afterAll(() => void lock.close());
    suite();
  });
};
