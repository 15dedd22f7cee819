import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { eventually } from '../../process/eventually.testing.ts';
import { ask } from '../engine.testing.ts';
import type { Engine, EngineChunk } from '../engine.ts';
import { createOllamaEngine } from '../ollama/engine.ollama.ts';
import { type OllamaStandin, startOllamaStandin } from '../standin/standin.ollama.ts';
import type { StandinScript } from '../standin/standinChat.ollama.ts';
import { createMemoryBackendSlots } from './backendSlots.memory.ts';
import { createEnginePool, type EnginePool, type EnginePoolOptions } from './pool.ts';

export const never = new AbortController().signal;
export const model = 'shared:latest';
export const hello = { model, messages: ask('Hello?') };

/** Short times for tests. */
export const quick = { probeMs: 200, probeLimitMs: 400, watchMs: 50, backoffMs: 100, maxBackoffMs: 300 };

/** A stand-in for Ollama that can also hang, or go down and come back at the same address. */
export interface Member extends OllamaStandin {
  /** Accepts connections but forwards nothing, like a stopped process. */
  hang(): void;
  resume(): void;
  /** Closes all connections and refuses new ones, like a killed process. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function startMember(script: StandinScript = {}): Promise<Member> {
  const standin = await startOllamaStandin({ models: [model], ...script });
  const target = Number(new URL(standin.url).port);
  const sockets = new Set<Socket>();
  let isHung = false;

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isHung) from.pause();
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const cut = async () => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };

  return {
    url: `http://127.0.0.1:${port}`,
    embedded: standin.embedded,
    chats: standin.chats,
    loads: standin.loads,
    loaded: standin.loaded,
    get running() {
      return standin.running;
    },
    get connections() {
      return standin.connections;
    },
    left: () => standin.left(),
    play: (next) => standin.play({ models: [model], ...next }),
    hang() {
      isHung = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      isHung = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    mend: () => listen(port),
    async close() {
      await cut();
      await standin.close();
    },
  };
}

export interface OpenPool {
  readonly pool: EnginePool;
  /** Resolves when the pool logs that a member is reachable, or unreachable. */
  logged(what: 'is reachable' | 'is unreachable', member: Member): Promise<void>;
}

export async function openPool(
  members: readonly Pick<Member, 'url'>[],
  options: Partial<Omit<EnginePoolOptions, 'backends'>> = {},
): Promise<OpenPool> {
  const { slotsPerBackend = 4, backendSlots = createMemoryBackendSlots(), times } = options;
  const waiting = new Map<string, () => void>();
  const pool = createEnginePool({
    backends: members.map(({ url }) => ({
      url,
      engine: createOllamaEngine({ url, timeoutMs: 10_000, slots: slotsPerBackend }),
    })),
    ...options,
    slotsPerBackend,
    backendSlots,
    times: { ...quick, ...times },
    log: (message) => {
      for (const [start, tell] of waiting) if (message.startsWith(start)) tell();
    },
  });
  await pool.ready();
  // On a busy machine the first probe of a member may time out.
  const started = members.filter((member) => 'play' in member).length;
  await eventually(
    () => pool.slots,
    (slots) => slots >= started * slotsPerBackend,
  );
  return {
    pool,
    logged: (what, { url }) =>
      new Promise((resolve) => {
        waiting.set(`engine: Ollama at ${url} ${what}`, resolve);
      }),
  };
}

/** Reads an answer to its end. Returns the text so far, and the error it ended with. */
export async function outcomeOf(
  engine: Engine,
  signal = never,
): Promise<{ readonly text: string; readonly error: unknown }> {
  let text = '';
  try {
    for await (const chunk of engine.generate(hello, signal)) if (chunk.type === 'text') text += chunk.text;
    return { text, error: null };
  } catch (error) {
    return { text, error };
  }
}

/** Starts an answer, and reads its first chunk. */
export async function beginAt(engine: Engine, signal = never): Promise<AsyncIterator<EngineChunk>> {
  const stream = engine.generate(hello, signal)[Symbol.asyncIterator]();
  await stream.next();
  return stream;
}
