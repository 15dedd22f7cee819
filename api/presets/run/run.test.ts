import { startTestApp, type TestApp } from '../../http/testing/app.testing.ts';
import { eventually } from '../../process/eventually.testing.ts';

type Body = Readonly<Record<string, unknown>> & {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
};

interface Run {
  readonly status: string;
  readonly text: string;
  readonly result: unknown;
  readonly repairs: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const schema = {
  type: 'object',
  properties: { word: { type: 'string' }, count: { type: 'integer' } },
  required: ['word', 'count'],
};

const definition = {
  name: 'count-words',
  title: 'Count words',
  systemPrompt: 'You count.',
  template: 'Count {{word}}{{#key}} with {{key}}{{/key}}',
  variables: [
    { name: 'word', label: 'Word', type: 'TEXT' },
    { name: 'key', label: 'Key', type: 'SECRET', required: false },
  ],
  examples: [{ input: 'Count a', output: '{"word":"a","count":1}' }],
  outputSchema: schema,
};

describe('running a preset', () => {
  let app: TestApp;
  let id: string;
  const answers: string[] = [];
  beforeAll(async () => {
    app = await startTestApp({ env: { AUDIT_CONTENT: 'on' } });
    const { data } = await app.graphql<{ createPreset: { preset: { id: string } } }>(
      'mutation ($definition: PresetDefinitionInput!) { createPreset(input: { definition: $definition }) { preset { id } } }',
      { definition },
    );
    id = data?.createPreset.preset.id ?? '';
  });
  beforeEach(() => {
    answers.length = 0;
    app.standin.play({ chat: () => ({ tokens: [answers.shift() ?? 'nothing left'] }) });
  });
  afterAll(() => app.stop());

  const bodies = () => app.standin.chats as unknown as readonly Body[];
  const run = async (input: object) => {
    const { data, errors } = await app.graphql<{ runPreset: { run: Run } | null }>(
      `mutation ($input: RunPresetInput!) { runPreset(input: $input) {
        run { status text result repairs model version error { code message } }
      } }`,
      { input: { id, ...input } },
    );
    return { run: data?.runPreset?.run, error: errors?.[0] };
  };

  it('sends the examples and the schema, and returns the validated result', async () => {
    answers.push('{"word":"b","count":2}');
    expect(await run({ variables: { word: 'b' } })).toMatchObject({
      run: {
        status: 'COMPLETED',
        text: '{"word":"b","count":2}',
        result: { word: 'b', count: 2 },
        repairs: 0,
        version: 1,
        model: 'stand-in:latest',
      },
    });
    expect(bodies().at(-1)).toMatchObject({
      format: schema,
      messages: [
        { role: 'system', content: 'You count.' },
        { role: 'user', content: 'Count a' },
        { role: 'assistant', content: '{"word":"a","count":1}' },
        { role: 'user', content: 'Count b' },
      ],
    });
  });

  it('repairs an answer that doesn’t match, by showing the model its errors', async () => {
    answers.push('{"word":"b"', '{"word":"b","count":"two"}', '{"word":"b","count":2}');
    const repaired = await run({ variables: { word: 'b' } });
    expect(repaired.run).toMatchObject({ status: 'COMPLETED', result: { count: 2 }, repairs: 2 });
    const [assistant, user] = bodies().at(-1)?.messages.slice(-2) ?? [];
    expect(assistant).toMatchObject({ role: 'assistant', content: '{"word":"b","count":"two"}' });
    expect(user?.content).toContain('count must be integer.');
  });

  it('fails with OUTPUT_INVALID after two repairs, and keeps the text', async () => {
    answers.push('no', 'still no', '{"word":1}');
    const before = bodies().length;
    const failed = await run({ variables: { word: 'b' } });
    expect(failed.run).toMatchObject({
      status: 'FAILED',
      text: '{"word":1}',
      result: null,
      repairs: 2,
      error: { code: 'OUTPUT_INVALID', message: expect.stringContaining('after 2 repairs') },
    });
    expect(bodies().length - before).toBe(3);
  });

  it('rejects invalid variables before it asks the model', async () => {
    const before = bodies().length;
    for (const [variables, field] of [
      [{}, 'variables.word'],
      [{ word: 'x', colour: 'red' }, 'variables'],
      ['text', 'variables'],
    ] as const) {
      const { error } = await run({ variables });
      expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
    }
    expect(bodies().length).toBe(before);
  });

  it('never records a secret', async () => {
    const secret = 'hunter2-hunter2';
    answers.push('{"word":"b","count":2}');
    await run({ variables: { word: 'b', key: secret } });
    expect(bodies().at(-1)?.messages.at(-1)?.content).toBe(`Count b with ${secret}`);
    const log = await eventually(
      async () =>
        JSON.stringify(await app.graphql('{ auditLog(first: 100) { edges { node { details } } } }')),
      (text) => text.includes('[secret]'),
    );
    expect(log).not.toContain(secret);
    expect(JSON.stringify(app.logged)).not.toContain(secret);
    expect(JSON.stringify(await app.lastGeneration())).not.toContain(secret);
  });

  it('answers REST with the result, and with the text of a failed run', async () => {
    answers.push('{"word":"b","count":2}');
    const good = await app.post('/api/llm/presets/count-words', { variables: { word: 'b' } });
    expect(good.status).toBe(200);
    expect(await good.json()).toMatchObject({
      preset: 'count-words',
      version: 1,
      result: { word: 'b', count: 2 },
      text: '{"word":"b","count":2}',
    });
    answers.push('no', 'no', 'never');
    const bad = await app.post('/api/llm/presets/count-words', { variables: { word: 'b' } });
    expect(bad.status).toBe(502);
    expect(await bad.json()).toMatchObject({
      code: 'OUTPUT_INVALID',
      detail: expect.stringContaining('does not match'),
      text: 'never',
    });
    const unknown = await app.post('/api/llm/presets/none', { variables: {} });
    expect(unknown.status).toBe(404);
    expect((await unknown.json()).detail).toContain('There is no preset "none"');
    const missing = await app.post('/api/llm/presets/count-words', {});
    expect(missing.status).toBe(400);
    expect((await missing.json()).detail).toBe('variables.word is missing. Fill in "Word".');
    const list = await (await app.get('/api/llm/presets?search=count')).json();
    expect(list).toMatchObject({
      presets: [{ name: 'count-words', variables: [{ name: 'word', type: 'TEXT', required: true }, {}] }],
    });
  });

  it('uses a fallback model that is installed', async () => {
    const models = ['second:1b', 'stand-in:latest'];
    const own = await startTestApp();
    try {
      own.standin.play({ models, tokens: ['{"word":"b","count":2}'] });
      const names = { name: 'fallbacks', model: 'first:1b', fallbackModels: ['none:1b', 'second:1b'] };
      const { data } = await own.graphql<{ createPreset: { preset: { id: string } } }>(
        'mutation ($definition: PresetDefinitionInput!) { createPreset(input: { definition: $definition }) { preset { id } } }',
        { definition: { ...definition, ...names } },
      );
      const chosen = await own.graphql<{ runPreset: { run: object } }>(
        'mutation ($input: RunPresetInput!) { runPreset(input: $input) { run { model modelReason } } }',
        { input: { id: data?.createPreset.preset.id, variables: { word: 'b' } } },
      );
      expect(chosen.data?.runPreset.run).toEqual({
        model: 'second:1b',
        modelReason: 'first:1b is not installed, so second:1b answers.',
      });
    } finally {
      await own.stop();
    }
  });
});
