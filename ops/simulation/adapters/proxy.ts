import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Fault } from '../network.ts';
import type { Random } from '../random.ts';

/**
 * A TCP proxy between one replica and one server. It delays each connection on its own, so that messages of different
 * connections arrive in another order than they were sent. A request that was sent before a connection broke may still
 * arrive, later than a retry on a new connection.
 */
export interface NetworkProxy {
  readonly port: number;
  /** Applies a fault to the connection that sends next. */
  fault(kind: Fault['kind']): void;
  /** Closes all connections and rejects new ones. */
  cut(): void;
  restore(): void;
  /** Ends delays and faults. */
  heal(): void;
  close(): Promise<void>;
}

/** The chance that a chunk is delayed, and the maximum delay, in ms. */
const delayChance = 0.3;
const maxDelayMs = 25;
const slowMs = [30, 400, 2500, 4000] as const;
/** A direction that has more bytes waiting than this stops reading. */
const maxWaitingBytes = 4 * 1024 * 1024;
/** The chance that the requests under way when a connection breaks still arrive. */
const arrivalChance = 0.5;

/** Passes chunks on in order, each after its delay. */
class Direction {
  readonly #waiting: { readonly chunk: Buffer; readonly dueAt: number }[] = [];
  readonly #from: Socket;
  readonly #to: Socket;
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #isEnding = false;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
  }

  push(chunk: Buffer, delayMs: number): void {
    const last = this.#waiting.at(-1)?.dueAt ?? 0;
    this.#waiting.push({ chunk, dueAt: Math.max(last, performance.now() + delayMs) });
    this.#bytes += chunk.length;
    if (this.#bytes > maxWaitingBytes) this.#from.pause();
    this.#schedule();
  }

  /** Passes on what waits, then ends. */
  end(): void {
    this.#isEnding = true;
    this.#schedule();
  }

  drop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.#isEnding = true;
    this.#to.destroy();
  }

  #schedule(): void {
    if (this.#timer) return;
    const [first] = this.#waiting;
    if (!first) {
      if (this.#isEnding) this.#to.end();
      return;
    }
    const pass = () => {
      this.#timer = null;
      this.#waiting.shift();
      this.#bytes -= first.chunk.length;
      if (!this.#to.destroyed) this.#to.write(first.chunk);
      if (this.#bytes <= maxWaitingBytes && this.#from.isPaused()) this.#from.resume();
      this.#schedule();
    };
    const waitMs = first.dueAt - performance.now();
    if (waitMs <= 0) pass();
    else this.#timer = setTimeout(pass, waitMs);
  }
}

export const startNetworkProxy = async (
  target: { readonly host: string; readonly port: number },
  random: Random,
): Promise<NetworkProxy> => {
  const open = new Set<{ breakOff(): void; drop(): void }>();
  const faults: Fault['kind'][] = [];
  let isCut = false;
  let isHealed = false;

  const delayMs = () => (!isHealed && random.chance(delayChance) ? random.below(maxDelayMs) : 0);

  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(target);
    const requests = new Direction(client, upstream);
    const replies = new Direction(upstream, client);
    let losesReply = false;
    const connection = {
      /** Breaks as a network does: the requests under way may still arrive. */
      breakOff() {
        open.delete(connection);
        client.destroy();
        if (random.chance(arrivalChance)) requests.end();
        else requests.drop();
      },
      drop() {
        open.delete(connection);
        requests.drop();
        replies.drop();
      },
    };
    open.add(connection);
    client.on('data', (chunk) => {
      const fault = faults.shift();
      if (fault === 'before') {
        connection.breakOff();
        return;
      }
      losesReply ||= fault === 'after';
      requests.push(chunk, fault === 'slow' ? random.pick(slowMs) : delayMs());
    });
    upstream.on('data', (chunk) => {
      if (client.destroyed) return;
      if (losesReply) connection.breakOff();
      else replies.push(chunk, delayMs());
    });
    client.on('error', () => {});
    upstream.on('error', () => {});
    client.on('close', () => {
      open.delete(connection);
      requests.end();
    });
    upstream.on('close', () => {
      open.delete(connection);
      replies.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    fault(kind) {
      faults.push(kind);
    },
    cut() {
      isCut = true;
      for (const connection of [...open]) connection.breakOff();
    },
    restore() {
      isCut = false;
    },
    heal() {
      isHealed = true;
      isCut = false;
      faults.length = 0;
    },
    async close() {
      for (const connection of [...open]) connection.drop();
      server.close();
      await once(server, 'close');
    },
  };
};
