import { type Flood, keepOpen, pump, readStatuses } from '../attack.ts';
import { bearer, graphql, repeat, request, sendUnread } from '../http.ts';

/** Writes a byte of a request that never ends, now and then. */
const dripMs = 200;

/** Floods of connections and of requests that no GraphQL document is part of. */
export const connectionFloods: Readonly<Record<string, Flood>> = {
  'connections that send nothing': (attack) =>
    keepOpen(
      attack,
      3000,
      () => {},
      (index) => index,
    ),

  'connections of one address that send nothing': (attack) => keepOpen(attack, 1500, () => {}),

  'connections kept open after a request': (attack) =>
    keepOpen(
      attack,
      1500,
      (socket) => {
        readStatuses(attack, socket);
        socket.write(request('GET', '/health/live'));
      },
      (index) => index,
    ),

  'request heads sent slowly': (attack) =>
    keepOpen(
      attack,
      1000,
      (socket) => {
        socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n');
        const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), dripMs);
        socket.once('close', () => clearInterval(timer));
      },
      (index) => index,
    ),

  'bodies that never end': (attack) =>
    keepOpen(
      attack,
      300,
      (socket, index) => {
        const headers = {
          'Content-Type': 'application/json',
          'Content-Length': '4000000',
          ...(index % 2 === 0 ? bearer(attack.tokens[0]) : {}),
        };
        socket.write(request('POST', '/graphql', headers));
        socket.write('x'.repeat(1_000_000));
        const timer = setInterval(() => socket.write('x'), dripMs);
        socket.once('close', () => clearInterval(timer));
        readStatuses(attack, socket);
      },
      (index) => index,
    ),

  'bodies in one-byte chunks': (attack) => {
    const chunks = Buffer.from('1\r\nx\r\n'.repeat(10_000));
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    return keepOpen(
      attack,
      20,
      (socket, index) => {
        socket.write(
          request('POST', '/graphql', { ...headers, ...bearer(attack.tokens[index % attack.tokens.length]) }),
        );
        readStatuses(attack, socket);
        pump(attack, socket, () => chunks);
      },
      (index) => index,
    );
  },

  'pipelined requests': (attack) => {
    const data = Buffer.concat(Array.from({ length: 2000 }, () => request('GET', '/health/live')));
    return keepOpen(attack, 20, (socket) => {
      readStatuses(attack, socket);
      pump(attack, socket, () => data);
    });
  },

  'pipelined operations, unread': (attack) =>
    sendUnread(
      attack,
      40,
      200,
      () => graphql('{ __typename health { status } }'),
      (index) => index,
    ),

  'pipelined operations of a member, unread': (attack) =>
    sendUnread(attack, 40, 16, (index) =>
      graphql(
        '{ __schema { types { name description fields { name description } } } }',
        {},
        attack.tokens[index % attack.tokens.length],
      ),
    ),

  'long request heads': (attack) => {
    const headers = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`X-${index}`, 'abcdefgh']));
    return repeat(
      attack,
      40,
      () => request('GET', '/health/live', headers),
      (index) => index,
    );
  },

  'static files, unread': (attack) =>
    sendUnread(
      attack,
      300,
      10,
      () => request('GET', '/docs/swagger-ui-bundle.js'),
      (index) => index,
    ),

  'requests with invalid tokens': (attack) => {
    let count = 0;
    return repeat(attack, 30, () => {
      count += 1;
      const token =
        count % 2 === 0 ? `zk_${count}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` : `e30.e30.${count}`;
      return graphql('{ viewer { id } }', {}, token);
    });
  },

  'small requests of one address': (attack) => repeat(attack, 30, () => graphql('{ viewer { id } }')),

  'small requests of many addresses': (attack) =>
    repeat(
      attack,
      200,
      () => graphql('{ viewer { id } }'),
      (index) => index,
    ),

  'small requests of members': (attack) =>
    repeat(attack, 30, (index) =>
      graphql('{ viewer { id } }', {}, attack.tokens[index % attack.tokens.length]),
    ),

  'pages and unknown paths': (attack) => {
    let count = 0;
    return repeat(attack, 30, () => {
      count += 1;
      return request('GET', count % 2 === 0 ? '/' : `/conversations/${count}`);
    });
  },
};
