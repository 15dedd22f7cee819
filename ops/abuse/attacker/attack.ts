import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a flood is directed at, and the credentials that its attacker has. */
export interface AttackOptions {
  /** The ports of the replicas on 127.0.0.1. */
  readonly ports: readonly number[];
  /** Access tokens of two members. */
  readonly tokens: readonly string[];
  /** API keys of the first member. */
  readonly keys: readonly string[];
  /** The first three numbers of the attacker's loopback addresses, such as `127.0.7`. */
  readonly network: string;
}

export interface Attack extends AttackOptions {
  /** Aborts when the flood must stop. */
  readonly signal: AbortSignal;
  /** Counts something that the attacker did or received, for the report. */
  count(event: string, by?: number): void;
}

export type Flood = (attack: Attack) => Promise<void>;

/** The pause before a closed connection is opened again, in ms. */
const reconnectMs = 5;

/** Connects to a replica from one of the attacker's addresses. Errors only close the connection. */
export const open = (attack: Attack, address = 0, target = 0): Socket => {
  const socket = connect({
    host: '127.0.0.1',
    port: attack.ports[target % attack.ports.length] ?? 0,
    localAddress: `${attack.network}.${1 + (address % 250)}`,
    noDelay: true,
  });
  socket.setMaxListeners(50);
  socket.on('error', () => attack.count('connection errors'));
  attack.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  return socket;
};

/** Runs `serve` on `count` connections at once; opens each again when it closes. Resolves when the attack ends. */
export const keepOpen = async (
  attack: Attack,
  count: number,
  serve: (socket: Socket, index: number) => void,
  addressOf: (index: number) => number = () => 0,
): Promise<void> => {
  const keep = async (index: number) => {
    while (!attack.signal.aborted) {
      const socket = open(attack, addressOf(index), index);
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.once('close', () => resolve());
      socket.once('connect', () => {
        attack.count('connections');
        serve(socket, index);
      });
      await promise;
      await sleep(reconnectMs);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => keep(index)));
};

/** Writes what `next` returns as fast as the connection takes it, until it closes or `next` returns null. */
export const pump = (attack: Attack, socket: Socket, next: () => Buffer | null): void => {
  const write = () => {
    while (!socket.destroyed && !attack.signal.aborted) {
      const data = next();
      if (data === null) return;
      attack.count('bytes', data.byteLength);
      if (!socket.write(data)) {
        socket.once('drain', () => setImmediate(write));
        return;
      }
    }
  };
  write();
};

/** Counts the statuses of HTTP responses. Calls back for each response head. */
export const readStatuses = (attack: Attack, socket: Socket, onResponse: () => void = () => {}): void => {
  socket.on('data', (chunk: Buffer) => {
    for (const [, status = ''] of chunk.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      attack.count(status);
      onResponse();
    }
  });
};
