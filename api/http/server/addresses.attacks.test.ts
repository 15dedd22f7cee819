import type { StandinFault } from '../../engine/standin/standinChat.ollama.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

/** What says where an engine is, or how it was reached. */
// The steps say how an address is written, with a `host` for an example.
const internals =
  /127\.0\.0\.1|localhost|https?:\/\/(?!host:|one:|other:)|UND_ERR|ECONN|EPIPE|socket hang up|\/root|\.gguf/;

describe('where the engine is', () => {
  let app: TestApp;
  let member: string;

  beforeEach(async () => {
    app = await startTestApp({ timeoutMs: 300 });
    ({ token: member } = await app.someone('mallory'));
  });

  afterEach(() => app.stop());

  const health = '{ health { status engine { message steps } } }';

  /** What those who don't manage the engine are told, by every way in. */
  const toldToUsers = async (): Promise<readonly string[]> => {
    const authorization = { Authorization: `Bearer ${member}`, 'Content-Type': 'application/json' };
    const anonymous = async (path: string, init?: RequestInit) => (await fetch(app.url + path, init)).text();
    const asMember = (path: string, body: object) =>
      anonymous(path, { method: 'POST', headers: authorization, body: JSON.stringify(body) });
    const model = 'stand-in:latest';
    const messages = [{ role: 'user', content: 'Hello?' }];
    return Promise.all([
      anonymous('/health/ready'),
      anonymous('/api/llm/status'),
      anonymous(`/graphql?query=${encodeURIComponent(health)}`, { headers: { Accept: 'application/json' } }),
      asMember('/graphql', { query: health }),
      asMember('/graphql', { query: '{ models { edges { node { name } } } }' }),
      asMember('/api/llm/generate', { model, prompt: 'Hello?', stream: false }),
      asMember('/api/llm/chat', { model, messages, stream: true }),
      asMember('/v1/chat/completions', { model, messages }),
      asMember('/v1/chat/completions', { model, messages, stream: true }),
      answer(),
    ]);
  };

  /** The generation that a member asks for by GraphQL, with its error, once it has ended. */
  const answer = async (): Promise<string> => {
    const started = await app.graphql<{ generate: { generation: { id: string } } | null }>(
      'mutation { generate(input: { prompt: "Hello?", cache: BYPASS }) { generation { id } } }',
      {},
      member,
    );
    const id = started.data?.generate?.generation.id;
    if (!id) return JSON.stringify(started);
    const stream = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${member}`,
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
      },
      body: JSON.stringify({
        query:
          'subscription ($id: ID!) { generation(id: $id) { status generation { error { code message } } } }',
        variables: { id },
      }),
    });
    return stream.text();
  };

  const faults: readonly (readonly [string, StandinFault])[] = [
    ['refuses', { kind: 'status', status: 500, body: '{"error":"Post \\"http://127.0.0.1:9/x\\": EOF"}' }],
    ['is busy', { kind: 'status', status: 503, body: '{"error":"dial tcp 127.0.0.1:9: refused"}' }],
    ['keeps others out', { kind: 'status', status: 403, body: '{}' }],
    ['rejects', { kind: 'status', status: 400, body: '{"error":"open /root/.ollama/a.gguf: no such file"}' }],
    ['fails', { kind: 'error line', after: 1, message: 'open /root/.ollama/models/a.gguf: no such file' }],
    ['breaks off', { kind: 'reset', after: 1 }],
    ['redirects', { kind: 'redirect', to: 'http://127.0.0.1:9/' }],
    ['sends no JSON', { kind: 'broken line', after: 1 }],
    ['ends too early', { kind: 'no done', after: 1 }],
    ['falls silent', { kind: 'silence', after: 1 }],
  ];

  it.each(faults)('is told to nobody but administrators when it %s', async (_what, fault) => {
    app.standin.play({ fault });
    for (const told of await toldToUsers()) expect(told).not.toMatch(internals);
  });

  it('is told to nobody but administrators when it is well, and when it is gone', async () => {
    for (const told of await toldToUsers()) expect(told).not.toMatch(internals);
    const { data } = await app.graphql<{ health: { engine: { message: string } } }>(health);
    expect(data?.health.engine.message).toContain(app.standin.url);

    await app.standin.close();
    for (const told of await toldToUsers()) expect(told).not.toMatch(internals);
    const gone = await app.graphql<{ health: { engine: { message: string; steps: readonly string[] } } }>(
      health,
    );
    expect(gone.data?.health.engine.message).toContain(app.standin.url);
    expect(gone.data?.health.engine.steps.join()).toContain(app.standin.url);
  });
});
