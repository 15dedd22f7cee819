import type { Attack, Flood } from '../attack.ts';
import { pump } from '../attack.ts';
import { aliases } from '../http.ts';
import { frame, keepSockets, message, opcodes, subscribe } from '../webSocket.ts';

const tokenOf =
  ({ tokens }: Attack) =>
  (index: number) =>
    tokens[index % tokens.length];

/** Sends the same bytes on several sockets without end. */
const flood = (
  attack: Attack,
  data: Buffer,
  options: { readonly count?: number; readonly isMember?: boolean; readonly reads?: boolean } = {},
): Promise<void> =>
  keepSockets(attack, {
    count: options.count ?? 20,
    reads: options.reads ?? false,
    tokenOf: options.isMember ? tokenOf(attack) : undefined,
    opened: (socket) => pump(attack, socket, () => data),
  });

const many = (data: Buffer, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => data));

const introspection = '{ __schema { types { name description fields { name description args { name } } } } }';

/** Floods of messages and frames on WebSockets. */
export const socketFloods: Readonly<Record<string, Flood>> = {
  'large pings, unread': (attack) =>
    flood(attack, message({ type: 'ping', payload: { x: 'x'.repeat(900_000) } })),

  'large pings of a member, unread': (attack) =>
    flood(attack, message({ type: 'ping', payload: { x: 'x'.repeat(900_000) } }), { isMember: true }),

  'small pings': (attack) => flood(attack, many(message({ type: 'ping' }), 1000), { isMember: true }),

  'ping frames': (attack) => flood(attack, many(frame('x'.repeat(125), opcodes.ping), 500)),

  'pong frames': (attack) => flood(attack, many(frame('', opcodes.pong), 5000), { isMember: true }),

  'one-byte fragments': (attack) =>
    flood(
      attack,
      Buffer.concat([frame('"', opcodes.text, false), many(frame('x', opcodes.continuation, false), 8000)]),
      { isMember: true },
    ),

  'empty fragments': (attack) =>
    flood(
      attack,
      Buffer.concat([frame('', opcodes.text, false), many(frame('', opcodes.continuation, false), 8000)]),
    ),

  'messages before connection_init': (attack) =>
    keepSockets(attack, {
      count: 40,
      reads: false,
      tokenOf: () => null,
      opened: (socket) => pump(attack, socket, () => subscribe('a', '{ viewer { id } }')),
    }),

  'invalid JSON': (attack) => flood(attack, frame('['.repeat(60_000)), { isMember: true }),

  'operations whose results are not read': (attack) => {
    let id = 0;
    return keepSockets(attack, {
      count: 40,
      reads: false,
      tokenOf: tokenOf(attack),
      opened: (socket) => pump(attack, socket, () => subscribe(`q${id++}`, introspection)),
    });
  },

  'small operations': (attack) => {
    let id = 0;
    const query = `{ ${aliases(45, (n) => `a${n}: viewer { id }`)} }`;
    return keepSockets(attack, {
      count: 40,
      reads: true,
      tokenOf: tokenOf(attack),
      opened: (socket) => pump(attack, socket, () => subscribe(`q${id++}`, query)),
    });
  },

  'subscriptions opened and completed': (attack) => {
    let id = 0;
    return keepSockets(attack, {
      count: 20,
      reads: true,
      tokenOf: tokenOf(attack),
      opened: (socket) =>
        pump(attack, socket, () => {
          id += 1;
          return Buffer.concat([
            subscribe(`s${id}`, 'subscription { conversationChanged { kind } }'),
            message({ type: 'complete', id: `s${id}` }),
          ]);
        }),
    });
  },

  'anonymous sockets of one address': (attack) =>
    keepSockets(attack, { count: 1500, reads: true, tokenOf: () => null, opened: () => {} }),

  'anonymous sockets of many addresses': (attack) =>
    keepSockets(attack, {
      count: 2000,
      reads: true,
      opened: () => {},
      addressOf: (index) => index,
    }),

  'sockets of a member': (attack) =>
    keepSockets(attack, { count: 600, reads: true, tokenOf: tokenOf(attack), opened: () => {} }),
};
