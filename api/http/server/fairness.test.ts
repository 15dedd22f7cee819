import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

describe('requests of many callers', () => {
  let app: TestApp;
  const peers: Socket[] = [];
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(async () => {
    for (const peer of peers) peer.destroy();
    await app.stop();
  });

  const requestOf = (query: string, token: string): string => {
    const body = JSON.stringify({ query });
    const head = [
      'POST /graphql HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    return `${head.join('\r\n')}\r\n\r\n${body}`;
  };

  /** Opens a connection that has answered a request. Returns it, with the number of its responses since. */
  const open = async (token: string) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    peers.push(socket);
    socket.write(requestOf('{ __typename }', token));
    await once(socket, 'data');
    let responses = 0;
    socket.on('data', (chunk: Buffer) => {
      responses += chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
    });
    return { socket, responses: () => responses };
  };

  it('take turns: a user does not wait for the requests that another one sent before', async () => {
    const [mallory, alice] = [await app.signUp('mallory'), await app.signUp('alice')];
    const flood = await Promise.all(Array.from({ length: 12 }, () => open(mallory.token)));
    const own = await open(alice.token);
    const slow = '{ __schema { types { name description fields { name description } } } }';
    const pipelined = requestOf(slow, mallory.token).repeat(12);
    for (const { socket } of flood) socket.write(pipelined);
    own.socket.write(requestOf('{ viewer { id } }', alice.token));
    await once(own.socket, 'data');
    const answered = flood.reduce((sum, { responses }) => sum + responses(), 0);
    // In the order of their arrival, it would be the last of 145.
    expect(answered).toBeLessThan(40);
  }, 60_000);
});
