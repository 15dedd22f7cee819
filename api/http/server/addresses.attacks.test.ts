import type { StandinFault } from '../../engine/standin/standinChat.ollama.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

/** Texts that reveal the engine's address, or how it was reached. */
// The setup steps contain example URLs, with `host`, `one` and `other`.
const internals =
  /127\.0\.0\.1|localhost|https?:\/\/(?!host:|one:|other:)|UND_ERR|ECONN|EPIPE|socket hang up|\/root|\.gguf/;

describe("the engine's address", () => {
  let app: TestApp;
  let member: string;

  beforeEach(async () => {
    app = await startTestApp({ timeoutMs: 300 });
    ({ token: member } = await app.signUp('mallory'));
  });

  afterEach(() => app.stop());

  const health = '{ health { status engine { message steps } } }';

  /** Returns what members and anonymous callers get on every request surface. */
  const publicResponses = async (): Promise<readonly string[]> => {
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

  /** Runs a generation as a member. Returns its events, with its error. */
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
    [
      'answers 500',
      { kind: 'status', status: 500, body: '{"error":"Post \\"http://127.0.0.1:9/x\\": EOF"}' },
    ],
    ['is busy', { kind: 'status', status: 503, body: '{"error":"dial tcp 127.0.0.1:9: refused"}' }],
    ['answers 403', { kind: 'status', status: 403, body: '{}' }],
    [
      'answers 400',
      { kind: 'status', status: 400, body: '{"error":"open /root/.ollama/a.gguf: no such file"}' },
    ],
    ['fails', { kind: 'error line', after: 1, message: 'open /root/.ollama/models/a.gguf: no such file' }],
    ['closes the connection', { kind: 'reset', after: 1 }],
    ['redirects', { kind: 'redirect', to: 'http://127.0.0.1:9/' }],
    ['sends invalid JSON', { kind: 'broken line', after: 1 }],
    ['ends too early', { kind: 'no done', after: 1 }],
    ['stops sending', { kind: 'silence', after: 1 }],
  ];

  it.each(faults)('is only shown to administrators when the engine %s', async (_what, fault) => {
    app.standin.play({ fault });
    for (const response of await publicResponses()) expect(response).not.toMatch(internals);
  });

  it('is only shown to administrators while the engine is ready, and while it is down', async () => {
    for (const response of await publicResponses()) expect(response).not.toMatch(internals);
    const { data } = await app.graphql<{ health: { engine: { message: string } } }>(health);
    expect(data?.health.engine.message).toContain(app.standin.url);

    await app.standin.close();
    for (const response of await publicResponses()) expect(response).not.toMatch(internals);
    const down = await app.graphql<{ health: { engine: { message: string; steps: readonly string[] } } }>(
      health,
    );
    expect(down.data?.health.engine.message).toContain(app.standin.url);
    expect(down.data?.health.engine.steps.join()).toContain(app.standin.url);
  });
});
