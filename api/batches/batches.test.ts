import { setTimeout as delay } from 'node:timers/promises';
import { decodeAnyId, encodeId } from '../graph/globalIds.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';
import { createMemoryAdapters } from '../replicas/shared.memory.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';

interface Batch {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly estimatedTokens: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly resumesAt: string | null;
}

interface Line {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly result: unknown;
  readonly text: string;
  readonly error: { readonly code: string } | null;
}

const fields = `id status total completed failed estimatedTokens promptTokens completionTokens resumesAt
  error { code message } viewerCanCancel viewerCanDelete preset presetVersion endpoint`;

const presetId = encodeId('Preset', 'translate');
const jsonl = 'application/jsonl';

/** A line of JSONL for each text. */
const linesOf = (texts: readonly string[]): string =>
  texts.map((text) => JSON.stringify({ variables: { text, language: 'German' } })).join('\n');

const textsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `text ${index}`);

describe('batches', () => {
  let app: TestApp;
  const apps: TestApp[] = [];
  const open = async (options: TestAppOptions = {}): Promise<TestApp> => {
    app = await startTestApp(options);
    apps.push(app);
    // Answers with the last message, so that each result names its input.
    app.standin.play({ chat: echo() });
    return app;
  };
  afterEach(async () => {
    for (const each of apps.splice(0)) await each.stop();
  });

  const echo =
    (tokensPerSecond = 0) =>
    (body: Readonly<Record<string, unknown>>) => {
      const messages = body.messages as readonly { readonly content: string }[];
      const content = messages.at(-1)?.content ?? '';
      return { tokens: ['echo: ', content.slice(-20)], tokensPerSecond };
    };

  const send = (path: string, body: string, type = jsonl, token = app.token) =>
    fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': type },
      body,
    });
  const run = async (body: string, { type = jsonl, token = app.token, query = '' } = {}): Promise<Batch> => {
    const response = await send(`/api/llm/batches?preset=translate${query}`, body, type, token);
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer as Batch;
  };
  const read = async (id: string, token = app.token): Promise<Batch> => {
    const { data, errors } = await app.graphql<{ node: Batch }>(
      `query ($id: ID!) { node(id: $id) { ... on Batch { ${fields} } } }`,
      { id },
      token,
    );
    if (!data?.node) throw new Error(errors?.[0]?.message);
    return data.node;
  };
  const ended = (id: string, token = app.token): Promise<Batch> =>
    eventually(
      () => read(id, token),
      ({ status }) => status !== 'RUNNING' && status !== 'PREPARING',
    );
  const resultsOf = async (id: string): Promise<readonly Line[]> => {
    const response = await app.get(`/api/llm/batches/${encodeURIComponent(id)}/results`);
    expect(response.headers.get('content-type')).toContain('application/jsonl');
    const text = await response.text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  };

  it('run a preset over the rows of a CSV file, and keep the results in order', async () => {
    await open();
    const csv = 'id,language,text\r\na,German,"One, two"\nb,French,three\n';
    const batch = await run(csv, { type: 'text/csv' });
    expect(batch).toMatchObject({ preset: 'translate', total: 2, presetVersion: 1, endpoint: null });
    expect(await ended(batch.id)).toMatchObject({
      status: 'COMPLETED',
      completed: 2,
      failed: 0,
      error: null,
      viewerCanCancel: false,
      viewerCanDelete: true,
    });
    const results = await resultsOf(batch.id);
    expect(results.map(({ id, number, status }) => [id, number, status])).toEqual([
      ['a', 1, 'COMPLETED'],
      ['b', 2, 'COMPLETED'],
    ]);
    expect(results[0]?.text).toContain('echo: ');
    expect(results[0]?.text).toContain('two');
    const { completionTokens, promptTokens } = await read(batch.id);
    expect(completionTokens).toBeGreaterThan(0);
    expect(promptTokens).toBeGreaterThan(0);
  });

  it('are a mutation, a connection and a subscription of the graph', async () => {
    await open();
    app.standin.play({ chat: echo(20) });
    const { data } = await app.graphql<{ runBatch: { batch: Batch } }>(
      `mutation ($input: RunBatchInput!) { runBatch(input: $input) { batch { ${fields} } batchEdge { cursor node { id } } } }`,
      {
        input: {
          presetId,
          inputs: [
            { id: 'first', variables: { text: 'a', language: 'German' } },
            { variables: { text: 'b', language: 'German' } },
          ],
        },
      },
    );
    const id = data?.runBatch.batch.id ?? '';
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${app.token}`,
        'Content-Type': 'application/json',
        Accept: 'text/event-stream',
      },
      body: JSON.stringify({
        query: 'subscription ($id: ID!) { batchProgress(id: $id) { status completed } }',
        variables: { id },
      }),
    });
    const events = [...(await response.text()).matchAll(/"batchProgress":(\{[^}]*\})/g)].map(
      ([, json = '']) => JSON.parse(json) as Pick<Batch, 'status' | 'completed'>,
    );
    expect(events.length).toBeGreaterThanOrEqual(2);
    expect(events[0]?.status).toBe('RUNNING');
    expect(events.at(-1)).toEqual({ status: 'COMPLETED', completed: 2 });

    const list = await app.graphql<{
      batches: {
        edges: readonly [
          { node: { items: { edges: readonly { node: object }[]; pageInfo: { hasNextPage: boolean } } } },
        ];
      };
    }>(`{ batches(first: 5) { edges { node { id items(first: 1, status: COMPLETED) {
      edges { node { id key number status input result text error { code } model promptTokens finishedAt } }
      pageInfo { hasNextPage } } } } } }`);
    const [edge] = list.data?.batches.edges ?? [];
    expect(edge?.node.items.pageInfo.hasNextPage).toBe(true);
    expect(edge?.node.items.edges[0]?.node).toMatchObject({
      key: 'first',
      number: 1,
      status: 'COMPLETED',
      input: { text: 'a', language: 'German' },
      error: null,
      model: 'stand-in:latest',
    });
  });

  it('take a file over GraphQL, as CSV by its name', async () => {
    await open();
    const form = new FormData();
    const query = `mutation ($input: RunBatchInput!) { runBatch(input: $input) { batch { ${fields} } } }`;
    form.set('operations', JSON.stringify({ query, variables: { input: { presetId, file: null } } }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    // More than a request without a file may have.
    const row = `German,"${'word '.repeat(100)}"\n`;
    form.set('0', new File([`language,text\n${row.repeat(9_000)}`], 'rows.csv'));
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${app.token}` },
      body: form,
    });
    const { data, errors } = (await response.json()) as {
      data: { runBatch: { batch: Batch } };
      errors?: unknown;
    };
    expect(errors).toBeUndefined();
    expect(data.runBatch.batch).toMatchObject({ total: 9_000, status: 'RUNNING' });
    const cancel = 'mutation ($id: ID!) { cancelBatch(input: { id: $id }) { batch { status } } }';
    const cancelled = await app.graphql(cancel, { id: data.runBatch.batch.id });
    expect(cancelled.data).toMatchObject({ cancelBatch: { batch: { status: 'CANCELLED' } } });
    const both = await app.graphql(
      'mutation ($id: ID!) { estimateBatch(input: { presetId: $id }) { estimate { totalTokens } } }',
      { id: presetId },
    );
    expect(both.errors?.[0]?.message).toBe('Send inputs, or a file with them.');
    const estimate = await app.graphql<{ estimateBatch: { estimate: { totalTokens: number } } }>(
      `mutation ($id: ID!, $inputs: [BatchInputItem!]) { estimateBatch(input: { presetId: $id, inputs: $inputs }) {
        estimate { inputs promptTokens completionTokens totalTokens model modelReason availableTokens isWithinQuota }
      } }`,
      { id: presetId, inputs: [{ variables: { text: 'a', language: 'German' } }] },
    );
    expect(estimate.data?.estimateBatch.estimate).toMatchObject({
      inputs: 1,
      model: 'stand-in:latest',
      modelReason: null,
      availableTokens: null,
      isWithinQuota: true,
    });
  }, 60_000);

  it('start nothing if an input is invalid, and name its line', async () => {
    await open();
    const good = '{"variables": {"text": "a", "language": "German"}}';
    for (const [body, type, message] of [
      [`${good}\n{"variables": {"language": "German"}}`, jsonl, 'Line 2: variables.text is missing.'],
      [
        `${good}\n\n{"variables": {"text": "a", "colour": 1}}`,
        jsonl,
        'Line 3: There is no variable "colour".',
      ],
      ['text,colour\na,b', 'text/csv', 'Line 1 has an unknown column "colour".'],
      ['{oops', jsonl, 'Line 1 is not valid JSON'],
      [good, 'text/plain', 'Content-Type: application/jsonl'],
      ['', jsonl, 'There are no inputs.'],
    ] as const) {
      const response = await send('/api/llm/batches?preset=translate', body, type);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { detail: string }).detail).toContain(message);
    }
    expect((await send('/api/llm/batches?preset=nothing', good)).status).toBe(404);
    const { data } = await app.graphql<{ batches: { edges: readonly object[] } }>(
      '{ batches { edges { node { id } } } }',
    );
    expect(data?.batches.edges).toEqual([]);
    expect(app.standin.chats).toHaveLength(0);
  });

  it('fail single inputs without stopping', async () => {
    await open();
    const batch = await run(linesOf(['short', 'too long '.repeat(5_000), 'short']));
    expect(await ended(batch.id)).toMatchObject({ status: 'COMPLETED', completed: 2, failed: 1 });
    const results = await resultsOf(batch.id);
    expect(results.map(({ status, error }) => [status, error?.code ?? null])).toEqual([
      ['COMPLETED', null],
      ['FAILED', 'PROMPT_TOO_LARGE'],
      ['COMPLETED', null],
    ]);
  }, 60_000);

  it('return the same batch for the same idempotency key', async () => {
    await open();
    const body = linesOf(textsOf(2));
    const query = '&idempotencyKey=once';
    const [one, other] = await Promise.all([run(body, { query }), run(body, { query })]);
    expect(other.id).toBe(one.id);
    expect((await run(body, { query })).id).toBe(one.id);
    const changed = await send(`/api/llm/batches?preset=translate${query}`, linesOf(['other']));
    expect(changed.status).toBe(409);
    await ended(one.id);
    expect(app.standin.chats).toHaveLength(2);
  });

  it('yield to people: an answer waits for one running input at most', async () => {
    await open({ slots: 1 });
    app.standin.play({ chat: echo(4) });
    const batch = await run(linesOf(textsOf(6)));
    await eventually(
      async () => app.standin.chats.length,
      (count) => count > 0,
    );
    const answer = await app.post('/api/llm/chat', {
      messages: [{ role: 'user', content: 'a person asks' }],
      stream: false,
    });
    expect(answer.status).toBe(200);
    const asked = app.standin.chats.map((body) => JSON.stringify(body));
    const place = asked.findIndex((body) => body.includes('a person asks'));
    expect(place).toBeGreaterThan(0);
    expect(place).toBeLessThanOrEqual(2);
    expect((await read(batch.id)).completed).toBeLessThan(6);
    app.standin.play({ chat: echo() });
    expect(await ended(batch.id)).toMatchObject({ status: 'COMPLETED', completed: 6 });
  }, 60_000);

  it('are cancelled with their answers in progress, and keep their results', async () => {
    await open({ slots: 1 });
    let answers = 0;
    app.standin.play({
      chat(body) {
        answers += 1;
        return answers === 1 ? echo()(body) : { tokens: Array(1000).fill('slow '), tokensPerSecond: 5 };
      },
    });
    const batch = await run(linesOf(textsOf(4)));
    await eventually(
      async () => ({ ...(await read(batch.id)), answers }),
      ({ completed, answers: begun }) => completed === 1 && begun === 2,
    );
    const cancelled = await app.post(`/api/llm/batches/${encodeURIComponent(batch.id)}/cancel`, undefined);
    expect(await cancelled.json()).toMatchObject({ status: 'CANCELLED', completed: 1 });
    const generations = await eventually(
      () => app.stores.generations.unfinishedAnyOwner(),
      (unfinished) => unfinished.length === 0,
    );
    expect(generations).toEqual([]);
    expect((await resultsOf(batch.id)).map(({ status }) => status)).toEqual([
      'COMPLETED',
      'CANCELLED',
      'CANCELLED',
      'CANCELLED',
    ]);
    await delay(1500);
    expect(answers).toBe(2);
    expect(await read(batch.id)).toMatchObject({ status: 'CANCELLED', completed: 1, failed: 0 });
    const again = await app.post(`/api/llm/batches/${encodeURIComponent(batch.id)}/cancel`, undefined);
    expect(again.status).toBe(200);
  }, 60_000);

  it('go on in another process, also after one died while it ran an input', async () => {
    const stores = await openTemporaryStores();
    const shared = () => ({
      stores: { ...stores, close: async () => {} },
      adapters: createMemoryAdapters({ cacheMs: 60_000 }),
    });
    try {
      const first = await open({ slots: 1, shared: shared() });
      let answers = 0;
      first.standin.play({
        chat(body) {
          answers += 1;
          return answers <= 2 ? echo()(body) : { tokens: Array(1000).fill('slow '), tokensPerSecond: 5 };
        },
      });
      const { id } = await run(linesOf(textsOf(5)));
      await eventually(
        async () => ({ ...(await read(id)), answers }),
        ({ completed, answers: begun }) => completed === 2 && begun === 3,
      );
      await apps.splice(0)[0]?.stop();
      const { id: batchId } = decodeAnyId(id);
      const stopped = await stores.batches.findAnyOwner(batchId);
      expect(stopped).toMatchObject({ status: 'RUNNING', completed: 2 });
      // As if another process had claimed an input and died.
      const now = new Date();
      const claimed = await stores.batches.claim(now, new Date(now.getTime() + 60_000));
      expect(claimed?.item.number).toBe(3);

      await open({ slots: 1, shared: shared() });
      const { data } = await app.graphql<{ batches: { edges: readonly { node: Batch }[] } }>(
        '{ batches { edges { node { id } } } }',
      );
      expect(data?.batches.edges[0]?.node.id).toBe(id);
      expect(await ended(id)).toMatchObject({ status: 'COMPLETED', completed: 5, failed: 0 });
      expect(app.standin.chats).toHaveLength(3);
      const items = await stores.batches.items(stopped?.ownerId ?? '', batchId, null, {
        direction: 'forward',
        size: 9,
        after: null,
        before: null,
      });
      expect(items.items.map(({ crashes }) => crashes)).toEqual([0, 0, 1, 0, 0]);
    } finally {
      for (const each of apps.splice(0)) await each.stop();
      await stores.close();
    }
  }, 60_000);

  it('are estimated, checked against the quota, and counted by what they really use', async () => {
    await open({ env: { QUOTA_DAY: '1000', QUOTA_RESERVE: '10' } });
    const member = (await app.signUp('member')).token;
    const few = linesOf(['a']);
    const estimate = await send('/api/llm/batches/estimate?preset=translate', few, jsonl, member);
    const { totalTokens, availableTokens } = (await estimate.json()) as Record<string, number>;
    expect(availableTokens).toBe(1000);
    expect(totalTokens).toBeGreaterThan(10);
    const many = await send('/api/llm/batches?preset=translate', linesOf(textsOf(200)), jsonl, member);
    expect(many.status).toBe(429);
    expect(many.headers.get('x-error-code')).toBe('QUOTA_EXCEEDED');
    expect(((await many.json()) as { detail: string }).detail).toMatch(
      /^This batch needs about [\d,]+ tokens, but only 1,000 of your 1,000 tokens for today are left\./,
    );
    const batch = await run(few, { token: member });
    expect(batch.estimatedTokens).toBe(totalTokens);
    const { promptTokens, completionTokens } = await ended(batch.id, member);
    const { data } = await app.graphql<{ viewer: { quota: readonly { used: number }[] } }>(
      '{ viewer { quota { used } } }',
      {},
      member,
    );
    expect(data?.viewer.quota[0]?.used).toBe(promptTokens + completionTokens);
  });

  it('count once towards the rate limits, and leave the running limit to people', async () => {
    await open({ env: { RATE_LIMIT: '2/1h', WRITE_LIMIT: '2/1h', RUNNING_LIMIT: '1' } });
    const { token } = await app.signUp('member');
    const { id } = await run(linesOf(textsOf(8)), { token });
    const answer = await fetch(`${app.url}/api/llm/chat`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'a person asks' }], stream: false }),
    });
    expect(answer.status).toBe(200);
    expect(await ended(id, token)).toMatchObject({ status: 'COMPLETED', completed: 8 });
    const third = await send('/api/llm/batches?preset=translate', linesOf(['a']), jsonl, token);
    expect(third.status).toBe(429);
    expect(third.headers.get('x-error-code')).toBe('RATE_LIMITED');
  });

  it('are rejected if the storage limit is too small, and leave nothing', async () => {
    await open({ env: { STORAGE_LIMIT: '10kB' } });
    const { token, id: userId } = await app.signUp('member');
    const response = await send('/api/llm/batches?preset=translate', linesOf(textsOf(100)), jsonl, token);
    expect(response.status).toBe(429);
    expect(response.headers.get('x-error-code')).toBe('QUOTA_EXCEEDED');
    expect((await app.stores.batches.page(decodeAnyId(userId).id, page)).items).toEqual([]);
  });

  it('wait for the quota if it is used up on the way', async () => {
    await open({ slots: 1, env: { QUOTA_DAY: '2500', QUOTA_RESERVE: '10' } });
    const { token } = await app.signUp('member');
    // Longer than estimated.
    app.standin.play({ tokens: Array(1400).fill('word ') });
    const { id } = await run(linesOf(textsOf(3)), { token });
    const paused = await eventually(
      () => read(id, token),
      ({ resumesAt }) => resumesAt !== null,
    );
    expect(paused).toMatchObject({ status: 'RUNNING', error: { code: 'QUOTA_EXCEEDED' } });
    const midnight = new Date();
    midnight.setUTCHours(24, 0, 0, 0);
    expect(Math.abs(Date.parse(paused.resumesAt ?? '') - midnight.getTime())).toBeLessThan(5_000);
    expect(paused.completed).toBeLessThan(3);
    const other = await send('/api/llm/batches?preset=translate', linesOf(['a']), jsonl, token);
    expect(other.status).toBe(429);
  });

  it('belong to their owner, and need rights', async () => {
    await open();
    const [ann, bob] = [(await app.signUp('ann')).token, (await app.signUp('bob')).token];
    const reader = (await app.signUp('reader', 'VIEWER')).token;
    const keyOf = async (scopes: string): Promise<string> => {
      const { data } = await app.graphql<{ createApiKey: { secret: string } }>(
        `mutation { createApiKey(input: { name: "k", scopes: [${scopes}] }) { secret } }`,
        {},
        ann,
      );
      return data?.createApiKey.secret ?? '';
    };
    const { id } = await run(linesOf(['a']), { token: ann });
    await ended(id, ann);
    await expect(read(id, bob)).rejects.toThrow('There is no such object.');
    const path = `/api/llm/batches/${encodeURIComponent(id)}`;
    const as = (token: string, url: string, method = 'GET') =>
      fetch(app.url + url, { method, headers: { Authorization: `Bearer ${token}` } });
    for (const [url, method] of [
      [path, 'GET'],
      [`${path}/results`, 'GET'],
      [`${path}/cancel`, 'POST'],
      [path, 'DELETE'],
    ]) {
      expect((await as(bob, url ?? '', method)).status).toBe(404);
    }
    expect((await send('/api/llm/batches?preset=translate', linesOf(['a']), jsonl, reader)).status).toBe(403);
    const [readKey, chatKey] = [await keyOf('READ'), await keyOf('CHAT')];
    expect((await as(readKey, path)).status).toBe(200);
    expect((await as(readKey, path, 'DELETE')).status).toBe(403);
    expect((await send('/api/llm/batches?preset=translate', linesOf(['a']), jsonl, readKey)).status).toBe(
      403,
    );
    expect((await as(chatKey, path)).status).toBe(403);
    expect((await as(chatKey, path, 'DELETE')).status).toBe(204);
    await expect(read(id, ann)).rejects.toThrow();
  });

  it('end when their API key or account may no longer generate', async () => {
    await open({ slots: 1 });
    const { token } = await app.signUp('ann');
    const made = await app.graphql<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
      'mutation { createApiKey(input: { name: "k", scopes: [CHAT, READ] }) { secret apiKey { id } } }',
      {},
      token,
    );
    const { secret = '', apiKey } = made.data?.createApiKey ?? {};
    app.standin.play({ chat: echo(5) });
    const { id } = await run(linesOf(textsOf(20)), { token: secret });
    await app.graphql(
      'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { deletedApiKeyId } }',
      { id: apiKey?.id },
      token,
    );
    const batch = await ended(id, token);
    expect(batch).toMatchObject({ status: 'FAILED', error: { code: 'FORBIDDEN' } });
    expect(batch.completed).toBeLessThan(20);
  }, 60_000);

  it('are in the audit log, the metrics and the export, and are deleted with the account', async () => {
    await open({ env: { METRICS_TOKEN: 'a-token-for-metrics' } });
    const { id: userId, token } = await app.signUp('ann');
    const { id } = await run(linesOf(['a']), { token });
    await ended(id, token);
    const log = await eventually(
      async () =>
        (
          await app.graphql<{ auditLog: { edges: readonly { node: { action: string } }[] } }>(
            '{ auditLog(first: 20, filter: { actions: [RUN_BATCH, BATCH_ENDED] }) { edges { node { action target outcome username details } } } }',
          )
        ).data?.auditLog.edges.map(({ node }) => node) ?? [],
      (events) => events.length === 2,
    );
    expect(log.toSorted((one, other) => (one.action < other.action ? -1 : 1))).toMatchObject([
      { action: 'BATCH_ENDED', target: 'translate', outcome: 'OK', username: null },
      { action: 'RUN_BATCH', target: 'translate', outcome: 'OK', username: 'ann', details: { inputs: 1 } },
    ]);
    const metrics = await fetch(`${app.url}/metrics`, {
      headers: { Authorization: 'Bearer a-token-for-metrics' },
    });
    const text = await metrics.text();
    expect(text).toContain('ziggie_batches_total{status="COMPLETED"} 1');
    expect(text).toContain('ziggie_batch_inputs_total{outcome="completed"} 1');
    expect(text).toContain('ziggie_batches_unfinished{kind="inputs"} 0');
    const exported = await fetch(`${app.url}/api/account/export`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(await exported.json()).toMatchObject({
      batches: [{ status: 'COMPLETED' }],
      batchItems: [{ number: 1, input: { text: 'a' }, status: 'COMPLETED' }],
    });
    const { id: ownerId } = decodeAnyId(userId);
    await app.graphql('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', {
      id: userId,
    });
    expect((await app.stores.batches.page(ownerId, page)).items).toEqual([]);
    expect(await app.stores.batches.findItems(ownerId, [`${decodeAnyId(id).id}-00001`])).toEqual([null]);
  });
});

describe('a user who is deleted while a batch starts or a file is uploaded', () => {
  it('leaves nothing', async () => {
    const stores = await openTemporaryStores();
    let meanwhile = async () => {};
    const first = async () => {
      const run = meanwhile;
      meanwhile = async () => {};
      await run();
    };
    const batches: typeof stores.batches = {
      ...stores.batches,
      async insert(...inserted) {
        await first();
        return stores.batches.insert(...inserted);
      },
    };
    const batchFiles: typeof stores.batchFiles = {
      ...stores.batchFiles,
      async addPart(part) {
        await first();
        return stores.batchFiles.addPart(part);
      },
    };
    const app = await startTestApp({
      shared: {
        stores: { ...stores, batches, batchFiles, close: async () => {} },
        adapters: createMemoryAdapters({ cacheMs: 60_000 }),
      },
    });
    try {
      const deleted = async (name: string) => {
        const { id, token } = await app.signUp(name);
        meanwhile = async () => {
          await app.graphql('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', {
            id,
          });
        };
        return { ownerId: decodeAnyId(id).id, headers: { Authorization: `Bearer ${token}` } };
      };
      const ann = await deleted('ann');
      const started = await fetch(`${app.url}/api/llm/batches?preset=translate`, {
        method: 'POST',
        headers: { ...ann.headers, 'Content-Type': jsonl },
        body: linesOf(['a']),
      });
      expect(started.status).toBe(401);
      expect((await stores.batches.page(ann.ownerId, page)).items).toEqual([]);

      const bob = await deleted('bob');
      const form = new FormData();
      form.set('purpose', 'batch');
      form.set('file', new File(['{}'], 'in.jsonl'));
      const uploaded = await fetch(`${app.url}/v1/files`, {
        method: 'POST',
        headers: bob.headers,
        body: form,
      });
      expect(uploaded.status).toBe(401);
      expect(await stores.batchFiles.ofOwner(bob.ownerId)).toEqual([]);
    } finally {
      await app.stop();
      await stores.close();
    }
  });
});

const page = { direction: 'forward', size: 5, after: null, before: null } as const;
