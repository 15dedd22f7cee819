import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';
import { maxEmbedMs } from './holder.ts';

interface Embedded {
  readonly embed: {
    readonly model: string;
    readonly vectors: readonly (readonly number[])[];
    readonly promptTokens: number;
    readonly clientMutationId: string | null;
  } | null;
}

const query = `mutation ($input: EmbedInput!) {
  embed(input: $input) { model vectors promptTokens clientMutationId }
}`;

describe('embeddings on a running server', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const embed = (input: object, token?: string) => app.graphql<Embedded>(query, { input }, token);
  const chat = (model: string) =>
    app.graphql(
      'mutation ($model: String) { generate(input: { prompt: "Hi.", model: $model }) { generation { id } } }',
      {
        model,
      },
    );

  it('are computed by the named model, counted as usage, and audited', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '1000' } });
    const { data, errors } = await embed({
      model: 'stand-in',
      input: ['one two', 'three'],
      dimensions: 4,
      clientMutationId: 'mine',
    });
    expect(errors).toBeUndefined();
    expect(data?.embed).toMatchObject({
      model: 'stand-in:latest',
      promptTokens: 3,
      clientMutationId: 'mine',
    });
    expect(data?.embed?.vectors.map(({ length }) => length)).toEqual([4, 4]);
    const used = await app.graphql(
      '{ viewer { quota { used } } usage(by: MODEL) { total { generations promptTokens } groups { key } } }',
    );
    expect(used.data).toEqual({
      viewer: { quota: [{ used: 3 }] },
      usage: { total: { generations: 0, promptTokens: 3 }, groups: [{ key: 'stand-in:latest' }] },
    });
    const audited = await eventually(
      () =>
        app.graphql<{ auditLog: { edges: readonly { node: object }[] } }>(
          '{ auditLog(first: 5, filter: { actions: [EMBED] }) { edges { node { outcome target username details } } } }',
        ),
      (log) => (log.data?.auditLog.edges.length ?? 0) > 0,
    );
    expect(audited.data?.auditLog.edges[0]?.node).toMatchObject({
      outcome: 'OK',
      target: 'stand-in:latest',
      username: 'admin',
      details: { texts: 2, promptTokens: 3, promptLength: 14 },
    });
  });

  it.each([
    [{ input: [] }, 'BAD_USER_INPUT', 'input is empty'],
    [{ input: ['one', ' '] }, 'BAD_USER_INPUT', 'input[1] is empty'],
    [{ input: Array.from({ length: 129 }, () => 'one') }, 'BAD_USER_INPUT', 'at most 128'],
    [{ input: ['x'.repeat(600_000), 'y'.repeat(600_000)] }, 'PROMPT_TOO_LARGE', 'the limit is 1000000'],
    [{ input: ['word '.repeat(3_000)] }, 'PROMPT_TOO_LARGE', 'the context of the model has 2048'],
    [{ input: ['one'], dimensions: 0 }, 'BAD_USER_INPUT', 'from 1 to 16384'],
    [{ input: ['one'], model: 'missing' }, 'MODEL_NOT_FOUND', '"missing" is not installed'],
    [{ input: ['one'], model: null }, 'MODEL_NOT_FOUND', 'No model for embeddings is installed'],
  ])('reject bad input with a clear error: %#', async (input, code, message) => {
    app = await startTestApp();
    const { data, errors } = await embed({ model: 'stand-in', ...input });
    expect(data?.embed ?? null).toBeNull();
    expect(errors?.[0]).toMatchObject({ extensions: { code }, message: expect.stringContaining(message) });
  });

  it('are cut to the context on request', async () => {
    app = await startTestApp();
    const { data } = await embed({ model: 'stand-in', input: ['word '.repeat(3_000)], truncate: true });
    expect(data?.embed?.vectors).toHaveLength(1);
  });

  it('need the permission to generate', async () => {
    app = await startTestApp();
    const { token } = await app.signUp('vera', 'VIEWER');
    const { errors } = await embed({ model: 'stand-in', input: ['one'] }, token);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('count towards the rate limit of answers', async () => {
    app = await startTestApp({ env: { RATE_LIMIT: '2/1m' } });
    const request = { model: 'stand-in', input: ['one'] };
    await embed(request);
    await embed(request);
    const { errors } = await embed(request);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  });

  it('are rejected when the quota is used up, and release what they reserved when they fail', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '6' } });
    app.standin.play({ fault: { kind: 'status', status: 500, body: '{"error":"runner died"}' } });
    const request = { model: 'stand-in', input: ['one two three four five'] };
    for (let times = 0; times < 3; times += 1) {
      expect((await embed(request)).errors?.[0]?.extensions.code).toBe('ENGINE_FAILED');
    }
    app.standin.play({});
    expect((await embed(request)).data?.embed?.promptTokens).toBe(5);
    expect((await embed(request)).errors?.[0]?.extensions.code).toBe('QUOTA_EXCEEDED');
  });

  it('hold a running slot while they are computed', async () => {
    app = await startTestApp({ env: { RUNNING_LIMIT: '1' }, timeoutMs: 500 });
    app.standin.play({ fault: { kind: 'silence', after: 0 } });
    const request = { model: 'stand-in', input: ['one'] };
    const outcomes = await Promise.all([embed(request), embed(request)]);
    expect(outcomes.map(({ errors }) => errors?.[0]?.extensions.code).sort()).toEqual([
      'ENGINE_TIMEOUT',
      'RATE_LIMITED',
    ]);
    app.standin.play({});
    expect((await embed(request)).data?.embed?.vectors).toHaveLength(1);
    expect(maxEmbedMs).toBeGreaterThan(60_000);
  });

  it('come from the first model that computes them; a model for embeddings alone never answers', async () => {
    app = await startTestApp();
    app.standin.play({
      models: ['all-minilm:latest', 'nomic-embed-text:latest'],
      capabilities: ['embedding'],
    });
    const { data } = await embed({ input: ['one'] });
    expect(data?.embed?.model).toBe('all-minilm:latest');
    const named = await chat('nomic-embed-text');
    expect(named.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: expect.stringContaining('only computes embeddings'),
    });
    const unnamed = await app.graphql(
      'mutation { generate(input: { prompt: "Hi." }) { generation { id } } }',
    );
    expect(unnamed.errors?.[0]?.extensions.code).toBe('MODEL_NOT_FOUND');
  });
});
