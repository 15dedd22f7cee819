import type { Attack } from './attack.ts';
import { keepOpen, readStatuses } from './attack.ts';

export type Headers = Readonly<Record<string, string>>;

/** Returns the bytes of a request. A POST declares the length of its body unless the headers say otherwise. */
export const request = (method: string, path: string, headers: Headers = {}, body = ''): Buffer => {
  const declaresLength = 'Content-Length' in headers || 'Transfer-Encoding' in headers;
  const all: Headers = {
    Host: '127.0.0.1',
    ...(method === 'POST' && !declaresLength && { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
};

export const bearer = (token: string | undefined): Headers =>
  token === undefined ? {} : { Authorization: `Bearer ${token}` };

/** Returns a GraphQL request. Without a token it is anonymous. */
export const graphql = (
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  token?: string,
  accept = 'application/json',
): Buffer =>
  request(
    'POST',
    '/graphql',
    { 'Content-Type': 'application/json', Accept: accept, ...bearer(token) },
    JSON.stringify({ query, variables }),
  );

/** Repeats a text with its index: `aliases(3, (n) => 'a' + n)` is `a0 a1 a2`. */
export const aliases = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** Sends requests on many connections: the next as soon as the response to the one before begins. */
export const repeat = (
  attack: Attack,
  connections: number,
  next: (connection: number) => Buffer,
  addressOf?: (index: number) => number,
): Promise<void> =>
  keepOpen(
    attack,
    connections,
    (socket, index) => {
      const send = () => {
        attack.count('requests');
        socket.write(next(index));
      };
      readStatuses(attack, socket, send);
      send();
    },
    addressOf,
  );

/** Sends `pipelined` requests at once on many connections, and never reads a response. */
export const sendUnread = (
  attack: Attack,
  connections: number,
  pipelined: number,
  next: (connection: number) => Buffer,
  addressOf?: (index: number) => number,
): Promise<void> =>
  keepOpen(
    attack,
    connections,
    (socket, index) => {
      socket.pause();
      for (let count = 0; count < pipelined; count += 1) {
        attack.count('requests');
        socket.write(next(index));
      }
    },
    addressOf,
  );
