import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

describe('a client that disconnects', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  /** Sends the text, waits for `sent`, and resets the connection. */
  const leave = async (text: string, sent: () => Promise<unknown> = async () => {}) => {
    const peer = connect(Number(new URL(app.url).port), '127.0.0.1');
    peer.on('error', () => {});
    await once(peer, 'connect');
    const written = Promise.withResolvers<void>();
    peer.write(text, () => written.resolve());
    await written.promise;
    await sent();
    peer.resetAndDestroy();
  };
  const head = (path: string, length: number, accept = 'application/json') =>
    [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${app.token}`,
      'Content-Type: application/json',
      `Accept: ${accept}`,
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n');
  const whole = (path: string, body: object, accept?: string) => {
    const text = JSON.stringify(body);
    return head(path, text.length, accept) + text;
  };

  const aborted = (path: string) =>
    app.line((line) => line.msg === 'request' && line.path === path && line.aborted === true);

  const generate = 'mutation { generate(input: { prompt: "Hello." }) { generation { id } } }';
  const messages = [{ role: 'user', content: 'Hello.' }];

  it.each<[string, string, () => string]>([
    ['in the middle of a GraphQL body', '/graphql', () => `${head('/graphql', 1000)}{"query":`],
    ['in the middle of a REST body', '/api/llm/chat', () => `${head('/api/llm/chat', 1000)}{"model":`],
    [
      'in the middle of an OpenAI body',
      '/v1/chat/completions',
      () => `${head('/v1/chat/completions', 1000)}{`,
    ],
    ['in the middle of signing in', '/api/auth/login', () => `${head('/api/auth/login', 1000)}{`],
    ['before a GraphQL answer', '/graphql', () => whole('/graphql', { query: generate })],
    [
      'before an answer that is not streamed',
      '/api/llm/chat',
      () => whole('/api/llm/chat', { model: 'stand-in', messages, stream: false }),
    ],
    [
      'before a streamed answer',
      '/v1/chat/completions',
      () => whole('/v1/chat/completions', { model: 'stand-in', messages, stream: true }),
    ],
    [
      'from a subscription',
      '/graphql',
      () =>
        whole('/graphql', { query: 'subscription { conversationChanged { kind } }' }, 'text/event-stream'),
    ],
  ])('%s logs no unexpected error', async (_when, path, request) => {
    app = await startTestApp();
    app.standin.play({ tokens: ['a ', 'b ', 'c'], tokensPerSecond: 2 });
    for (let count = 0; count < 5; count += 1) await leave(request());
    await aborted(path);
    await new Promise(setImmediate);
    const wrong = app.logged.filter(
      ({ msg, level }) => msg === 'request: unexpected error' || Number(level) >= 50,
    );
    expect(wrong).toEqual([]);
  });
});
