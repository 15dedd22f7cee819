import { once } from 'node:events';
import { WebSocket } from 'ws';
import { checkJsonShape } from '../../process/jsonShape.ts';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

const wide = (count: number) => `[${'{},'.repeat(count)}1]`;
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('checkJsonShape', () => {
  it('bounds the parts and the levels', () => {
    expect(() => checkJsonShape(wide(24_000))).not.toThrow();
    expect(() => checkJsonShape(wide(30_000))).toThrow('more than 50000 values');
    expect(() => checkJsonShape(deep(128))).not.toThrow();
    expect(() => checkJsonShape(deep(129))).toThrow('more than 128 deep');
  });

  it('does not count what strings contain', () => {
    const text = '[{"a":1}]\\"\\\\,:'.repeat(100_000);
    for (const value of [text, `${text}"`, `${text}\\`, '\\'.repeat(200_000)]) {
      expect(() => checkJsonShape(JSON.stringify({ [value]: [value, { value }] }))).not.toThrow();
    }
    expect(() => checkJsonShape(`{"a\\\\":${wide(30_000)}}`)).toThrow('more than 50000 values');
  });

  it('accepts texts that are not JSON', () => {
    for (const text of ['', '"', ']]]', '{"a":"', '"\\']) expect(() => checkJsonShape(text)).not.toThrow();
  });
});

describe('JSON that takes long to parse', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const post = (path: string, body: string) =>
    fetch(`${server.url}${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });

  it.each([
    ['many values', wide(100_000)],
    ['many levels', deep(100_000)],
  ])('is rejected for its %s, in every request', async (_name, value) => {
    const graphql = await post('/graphql', `{"query":"{ __typename }","variables":{"a":${value}}}`);
    expect(await graphql.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_COMPLEX' } }] });
    const login = await post('/api/auth/login', `{"username":${value.slice(0, 10_000)}`);
    expect(login.status).toBe(400);
  });

  it('closes a socket', async () => {
    const socket = new WebSocket(server.socketUrl, 'graphql-transport-ws');
    await once(socket, 'open');
    const token = await server.token();
    socket.send(
      JSON.stringify({ type: 'connection_init', payload: { token, authorization: `Bearer ${token}` } }),
    );
    await once(socket, 'message');
    socket.send(
      `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":{"a":${wide(100_000)}}}}`,
    );
    const [code] = await once(socket, 'close');
    expect(code).toBe(4400);
  });

  it('is accepted if only its strings are long', async () => {
    const prompt = '{"a":[1,2,{}]},'.repeat(200_000);
    const answer = await post('/graphql', JSON.stringify({ query: '{ __typename }', variables: { prompt } }));
    expect(await answer.json()).toMatchObject({ data: { __typename: 'Query' } });
  });
});
