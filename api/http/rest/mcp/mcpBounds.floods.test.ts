import { decodeId } from '../../../graph/globalIds.ts';
import type { Preset, PresetDefinition } from '../../../presets/preset.ts';
import { eventually } from '../../../process/eventually.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { laterHeaders, laterMeta, postMcp, resultIn } from './mcp.testing.ts';

/** A definition of about 80 kB, most of it in the choices of its variables. */
const largeDefinition = (name: string): PresetDefinition => ({
  name,
  title: name,
  description: '',
  icon: '',
  tags: [],
  systemPrompt: null,
  template: 'Hello',
  variables: Array.from({ length: 10 }, (_, index) => ({
    name: `v${index}`,
    label: 'A choice',
    type: 'CHOICE' as const,
    description: null,
    required: true,
    choices: Array.from({ length: 40 }, () => '"'.repeat(100) + 'x'.repeat(100)),
    default: null,
  })),
  examples: [],
  model: null,
  fallbackModels: [],
  options: {},
  outputSchema: null,
  workflow: null,
});

const storePresets = async (app: TestApp, ownerId: string, count: number): Promise<readonly string[]> => {
  const names = Array.from({ length: count }, (_, index) => `large-${String.fromCharCode(97 + index)}`);
  const createdAt = new Date();
  for (const [index, name] of names.entries()) {
    const preset: Preset = {
      id: `01J0000000000000000000000${index.toString(36).toUpperCase()}`,
      ownerId,
      isShared: false,
      revision: 1,
      versions: [{ version: 1, definition: largeDefinition(name), createdAt }],
      createdAt,
      updatedAt: createdAt,
    };
    expect(await app.stores.presets.insert(preset, 100)).toBeNull();
  }
  return names;
};

const callOf = (name: string, given: object = {}, id: unknown = 1) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: given },
});

describe('answers of the Model Context Protocol', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('list large presets in pages', async () => {
    const { id, token } = await app.signUp('ada');
    const stored = await storePresets(app, decodeId('User', id), 12);
    const listed: string[] = [];
    let after: unknown = null;
    do {
      const given = { search: 'large', ...(after !== null && { after }) };
      const text = await (await postMcp(app.url, token, callOf('list_presets', given))).text();
      // Twice, as JSON for programs and as a text for models.
      expect(text.length).toBeLessThan(1_000_000);
      const page = resultIn(text).result?.structuredContent;
      listed.push(...((page?.presets ?? []) as { name: string }[]).map(({ name }) => name));
      after = page?.next;
    } while (after !== null);
    expect(listed).toEqual(stored);
    const rest = await fetch(`${app.url}/api/llm/presets?search=large`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const answer = await rest.text();
    expect(answer.length).toBeLessThan(400_000);
    expect(JSON.parse(answer).next).toEqual(expect.any(String));
  });

  it('repeat nothing long that a client sends', async () => {
    const long = 'x'.repeat(70_000);
    for (const message of [
      { id: long, method: 'ping' },
      { id: 1, method: long },
      callOf(long),
      callOf('list_models', {}, long),
      { id: 1, method: 'initialize', params: { protocolVersion: long } },
    ]) {
      const answer = await postMcp(app.url, app.token, message);
      expect([answer.status, (await answer.text()).length < 300]).toEqual([400, true]);
    }
    // The arguments of a tool may be long.
    const asked = await postMcp(app.url, app.token, callOf('ask', { prompt: long }));
    expect(resultIn(await asked.text()).result?.content[0]?.text).toMatch(/^PROMPT_TOO_LARGE: /);
  });

  it('are kept open by comments while a model generates, in early and later revisions', async () => {
    app.standin.play({ tokens: ['Slow.', ' Done.'], tokensPerSecond: 0.25 });
    const ask = callOf('ask', { prompt: 'x' });
    const later = { ...ask, params: { ...ask.params, _meta: laterMeta } };
    const answers = await Promise.all([
      postMcp(app.url, app.token, ask),
      postMcp(app.url, app.token, later, laterHeaders('tools/call', 'ask')),
    ]);
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toBe('text/event-stream');
      const text = await answer.text();
      expect(text).toMatch(/^: ?keep-?alive/m);
      expect(resultIn(text).result?.content[0]?.text).toBe('Slow. Done.');
    }
  }, 60_000);

  it('are one document for clients that accept nothing else', async () => {
    const message = { ...callOf('list_models'), params: { name: 'list_models', _meta: laterMeta } };
    const headers = { ...laterHeaders('tools/call', 'list_models'), Accept: 'application/json' };
    const answer = await postMcp(app.url, app.token, message, headers);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect((await answer.json()).result.structuredContent).toEqual({ models: ['stand-in:latest'] });
  });

  it('are in the audit log as those of this protocol', async () => {
    app.standin.play({ tokens: ['4.'] });
    await (await postMcp(app.url, app.token, callOf('ask', { prompt: 'x' }))).text();
    const query = '{ auditLog(first: 50) { edges { node { action details } } } }';
    type Log = { readonly auditLog: { readonly edges: readonly { readonly node: { details: unknown } }[] } };
    await eventually(
      async () => JSON.stringify((await app.graphql<Log>(query)).data),
      (log) => log?.includes('mcp') ?? false,
    );
  });
});

describe('results of the Model Context Protocol', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'bufferedBytes=300000' } });
  });
  afterAll(() => app.stop());

  it('count as unread bytes of their caller', async () => {
    const { id, token } = await app.signUp('ada');
    await storePresets(app, decodeId('User', id), 3);
    const answer = await postMcp(app.url, token, callOf('list_presets', { search: 'large' }));
    const { result } = resultIn(await answer.text());
    expect(result?.isError).toBe(true);
    expect(result?.content[0]?.text).toMatch(/^TOO_COMPLEX: /);
  });
});

describe('a stream for changes of the tools', () => {
  const listen = (app: TestApp) =>
    postMcp(
      app.url,
      app.token,
      {
        id: 1,
        method: 'subscriptions/listen',
        params: { _meta: laterMeta, notifications: { toolsListChanged: true } },
      },
      laterHeaders('subscriptions/listen'),
    );

  it('ends when the server begins to stop, and no new one begins', async () => {
    const app = await startTestApp({ env: { DRAIN_S: '20' } });
    const stream = await listen(app);
    app.standin.play({ tokens: Array(100).fill('word '), tokensPerSecond: 20 });
    const running = await app.post('/api/llm/generate', { prompt: 'Count.', stream: true });
    let isAnswered = false;
    const answer = running.text().finally(() => {
      isAnswered = true;
    });
    const stopped = app.app.stop();
    const text = await stream.text();
    // It doesn't wait for the answers that still run.
    expect(isAnswered).toBe(false);
    expect(resultIn(text)).toMatchObject({ id: 1, result: { resultType: 'complete' } });
    const rejected = await listen(app);
    expect([rejected.status, rejected.headers.get('connection')]).toEqual([503, 'close']);
    expect(await answer).toContain('word');
    await stopped;
    await app.stop();
  }, 60_000);
});
