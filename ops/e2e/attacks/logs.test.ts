import { startTarget, type Target } from '../harness/target.ts';

/** Prompts and credentials. The server may print none of them, at any log level. */
const secret = 'the-merger-is-on-friday';

describe('the log of the server', () => {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget({ LOG_LEVEL: 'trace' });
  }, 60_000);
  afterAll(() => target?.close(), 60_000);

  const post = (path: string, body: unknown, token = target.alice.token) =>
    fetch(target.server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  const generate = 'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }';

  it('contains no prompt, answer, password or token, also when errors occur', async () => {
    const { alice, engine, server } = target;
    engine.play({ tokens: [secret] });
    const { generation } = await alice.generate({ prompt: secret });
    expect((await alice.finished(generation.id)).text).toBe(secret);
    await post('/api/llm/generate', { prompt: secret, stream: false });
    await post('/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: secret }] });

    // Invalid requests, whose error messages may repeat the input.
    await alice.query(generate, { input: { prompt: secret, options: { topK: secret } } });
    await alice.query(`mutation { generate(input: { prompt: "${secret}" `);
    await alice.query(`{ viewer { ${secret.replaceAll('-', '_')} } }`);
    await post('/api/llm/chat', { messages: secret });
    await post('/graphql', `{"query": "${secret}`);
    await fetch(`${server.url}/graphql?query=${encodeURIComponent(`{ viewer { id(x: "${secret}") } }`)}`);

    // A failing engine. Its error message is logged unchanged, for the operator.
    for (const fault of [
      { kind: 'status', status: 500, body: JSON.stringify({ error: 'out of memory' }) },
      { kind: 'error line', after: 0, message: 'out of memory' },
      { kind: 'broken line', after: 0 },
    ] as const) {
      engine.play({ fault });
      const failed = await alice.generate({ prompt: secret });
      expect((await alice.finished(failed.generation.id)).status).toBe('FAILED');
    }

    // Valid and invalid passwords and tokens.
    await post('/api/auth/login', { username: 'alice', password: secret });
    const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }';
    await alice.query(signIn, { input: { username: 'alice', password: secret } });
    await post('/graphql', { query: '{ viewer { id } }' }, secret);

    const printed = server.output();
    expect(printed.split('\n').length).toBeGreaterThan(20);
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(secret.replaceAll('-', '_'));
    expect(printed).not.toContain(target.password);
    expect(printed).not.toContain(alice.token);
  }, 60_000);
});
