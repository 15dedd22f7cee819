import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  graphql,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { subgraph } from '../../schema.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

/** Runs work, and returns the maximum delay of the event loop during it, in milliseconds. */
const maxBlockLength = async (work: () => Promise<unknown>): Promise<number> => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6;
};

const aliases = (count: number, field: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => field(index)).join(' ');

describe('a member who sends large values', () => {
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    app = await startTestApp();
    ({ token } = await app.signUp('mallory'));
  });

  afterAll(() => app.stop());

  it.each([
    ['characters that normalize to many', '\ufdfa', 1_200_000],
    ['words', 'word ', 700_000],
    ['a script without spaces', '\u6570\u636e\u5e93', 400_000],
  ])(
    'cannot block the event loop by searching for %s',
    async (_name, text, times) => {
      const query = `query ($s: String) { ${aliases(49, (n) => `a${n}: conversations(search: $s) { edges { cursor } }`)} }`;
      const s = text.repeat(times).slice(0, 1_200_000);
      const blocks: number[] = [];
      // The minimum of three runs, since the machine may be busy.
      for (let run = 0; run < 3; run += 1) {
        let answer: Awaited<ReturnType<TestApp['graphql']>> | undefined;
        blocks.push(
          await maxBlockLength(async () => {
            answer = await app.graphql(query, { s }, token);
          }),
        );
        expect(answer?.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
        expect(answer?.data).toBeUndefined();
      }
      // Without the bound it takes many seconds: a million characters are normalized 49 times.
      expect(Math.min(...blocks)).toBeLessThan(1_000);
    },
    60_000,
  );

  it('pays for each search in the cost of the operation', async () => {
    const query = (count: number) =>
      `query ($s: String) { ${aliases(count, (n) => `a${n}: conversations(search: $s, first: 1) { edges { cursor } }`)} }`;
    const s = '\ufdfa'.repeat(256);
    expect((await app.graphql(query(49), { s }, token)).errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
    expect((await app.graphql(query(30), { s }, token)).errors).toBeUndefined();
  });

  it('gets a short error for a long clientMutationId under many aliases', async () => {
    const query = `mutation ($m: ID) { ${aliases(45, (n) => `a${n}: signOut(input: { clientMutationId: $m }) { clientMutationId }`)} }`;
    const answer = await app.graphql(query, { m: 'x'.repeat(900_000) }, token);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(JSON.stringify(answer).length).toBeLessThan(10_000);
  });

  it.each([
    ['an Int', '$v: Int', 'conversations(first: $v) { edges { cursor } }'],
    ['an enum', '$v: UsageGrouping!', 'usage(by: $v) { total { generations } }'],
    ['a DateTime', '$v: DateTime', 'usage(to: $v) { total { generations } }'],
    ['a Boolean', '$v: Boolean', 'conversations(archived: $v) { edges { cursor } }'],
  ])('gets a short error for a long text as %s', async (_name, definition, field) => {
    const answer = await app.graphql(`query (${definition}) { ${field} }`, { v: 'x'.repeat(900_000) }, token);
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(answer).length).toBeLessThan(10_000);
  });

  it.each(['from', 'to'])('gets no INTERNAL for any DateTime as %s', async (name) => {
    for (const time of [
      '-271821-04-20T00:00:00.000Z',
      '+275760-09-13T00:00:00.000Z',
      '0000-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
    ]) {
      const query = `query ($m: DateTime) { usage(${name}: $m) { total { generations } } }`;
      const { errors } = await app.graphql(query, { m: time }, token);
      expect(errors?.map(({ extensions }) => extensions.code) ?? []).not.toContain('INTERNAL');
    }
  });

  it('gets the successful payloads beside one that failed', async () => {
    const query = `mutation {
      one: createConversation(input: { title: "One" }) { conversation { title } }
      wrong: deleteConversation(input: { id: "nothing" }) { deletedConversationId }
      two: createConversation(input: { title: "Two" }) { conversation { title } }
    }`;
    const { data, errors } = await app.graphql(query, {}, token);
    expect(errors).toMatchObject([{ path: ['wrong'], extensions: { code: 'NOT_FOUND' } }]);
    expect(data).toEqual({
      one: { conversation: { title: 'One' } },
      wrong: null,
      two: { conversation: { title: 'Two' } },
    });
  });

  it('has counts above 2^31-1 wherever values add up', async () => {
    const ofType = (name: string, field: string) => {
      const type = subgraph.getType(name);
      return isObjectType(type) ? String(type.getFields()[field]?.type) : null;
    };
    // Fields that stay Int can't exceed it: offsets, queue positions, attempts, seconds, tokens of one prompt or of the
    // answers of one run, properties of one file, inputs of one batch, rounds, and options with a maximum.
    const ints = Object.values(subgraph.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !isIntrospectionType(type)
        ? Object.values(type.getFields()).flatMap((field) =>
            getNamedType(field.type).name === 'Int' ? [`${type.name}.${field.name}`] : [],
          )
        : [],
    );
    expect(ints.toSorted()).toEqual([
      'AcceptInvitePayload.expiresIn',
      'ActiveGeneration.attempt',
      'ActiveGeneration.queuePosition',
      'Attachment.height',
      'Attachment.omittedLength',
      'Attachment.pages',
      'Attachment.size',
      'Attachment.textLength',
      'Attachment.tokens',
      'Attachment.width',
      'AttachmentIndexing.done',
      'AttachmentIndexing.total',
      'Batch.completed',
      'Batch.failed',
      'Batch.presetVersion',
      'Batch.total',
      'BatchEstimate.inputs',
      'BatchItem.completionTokens',
      'BatchItem.number',
      'BatchItem.promptTokens',
      'ChoosePasswordPayload.expiresIn',
      'CodeFinding.line',
      'Collection.documentCount',
      'CollectionIndexing.done',
      'CollectionIndexing.total',
      'ContextUse.maxTokens',
      'ContextUse.usedTokens',
      'ConversationTag.conversations',
      'EmbedPayload.promptTokens',
      'Generation.attempt',
      'Generation.cursor',
      'Generation.queuePosition',
      'Generation.toolCallCount',
      'GenerationEvent.attempt',
      'GenerationEvent.cursor',
      'GenerationEvent.offset',
      'GenerationEvent.queuePosition',
      'GenerationEvent.thinkingOffset',
      'GenerationOptions.contextLength',
      'GenerationOptions.maxTokens',
      'GenerationOptions.seed',
      'GenerationOptions.topK',
      'Healing.maxRounds',
      'HealingAgent.maxRounds',
      'HealingRound.number',
      'Message.position',
      'MessageAttachment.omittedLength',
      'MessageSource.end',
      'MessageSource.number',
      'MessageSource.page',
      'MessageSource.start',
      'Model.contextLength',
      'PlannedDockerCommand.lines',
      'PresetPreview.contextLength',
      'PresetPreview.tokens',
      'PresetRun.answers',
      'PresetRun.completionTokens',
      'PresetRun.durationMs',
      'PresetRun.promptTokens',
      'PresetRun.repairs',
      'PresetRun.version',
      'PresetVersion.version',
      'RevokeOtherSessionsPayload.ended',
      'SignInPayload.expiresIn',
      'ToolCall.offset',
      'TranscriptPlace.utterance',
    ]);
    expect(ofType('LimitHit', 'count')).toBe('Float!');
  });

  it('gets a number of limit hits above 2^31-1', async () => {
    const now = new Date();
    const hit = { limit: 'REQUEST_RATE' as const, userId: null, address: '192.0.2.1' };
    const type = subgraph.getType('LimitHit');
    if (!isObjectType(type)) throw new Error('there is no LimitHit');
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: {
          hit: {
            type,
            resolve: () => ({ ...hit, times: 2 ** 31, count: 2 ** 31, firstAt: now, lastAt: now }),
          },
        },
      }),
    });
    const { data, errors } = await graphql({ schema, source: '{ hit { count } }' });
    expect(errors).toBeUndefined();
    expect(data?.hit).toMatchObject({ count: 2 ** 31 });
  });

  it.each([
    ['/api/auth/login', { username: '\ufdfa'.repeat(2_000), password: 'x' }],
    ['/api/auth/login', { username: 'x', password: 'x'.repeat(1_025) }],
    ['/api/llm/generate', { model: 'x'.repeat(301), prompt: 'x' }],
    ['/api/llm/generate', { prompt: 'x', options: { stop: ['x'.repeat(257)] } }],
    ['/v1/chat/completions', { model: 'x', messages: [], logit_bias: { ['x'.repeat(9_000)]: 'x' } }],
    [
      '/v1/chat/completions',
      {
        model: 'x',
        messages: [{ role: 'user', content: 'x' }],
        tools: [{ type: 'function', function: { name: 'x'.repeat(201) } }],
      },
    ],
  ])('gets a short error at %s too', async (path, body) => {
    const response = await app.post(path, body);
    expect(response.status).toBe(400);
    expect((await response.text()).length).toBeLessThan(1_000);
  });

  const values = Array.from({ length: 30_000 }, (_, index) => `value ${index}`);
  const nested = (levels: number): object =>
    levels === 0 ? { type: 'string' } : { type: 'array', items: nested(levels - 1) };
  const schemas: readonly (readonly [string, object])[] = [
    ['30,000 values', { enum: values }],
    ['too many alternatives', { anyOf: values.slice(0, 1001).map(() => ({ type: 'string' })) }],
    [
      'alternatives in many places',
      { type: 'array', prefixItems: values.slice(0, 501).map(() => ({ enum: [1, 2] })) },
    ],
    [
      'too many properties',
      { type: 'object', properties: Object.fromEntries(values.slice(0, 1001).map((name) => [name, true])) },
    ],
    ['too many levels', nested(40)],
    ['a long description', { type: 'string', description: 'x'.repeat(70_000) }],
  ];

  describe.each(schemas)('with a JSON Schema of %s', (_what, schema) => {
    it.each([
      ['/api/llm/generate', { model: 'stand-in:latest', prompt: 'x', format: schema }],
      [
        '/api/llm/chat',
        { model: 'stand-in:latest', messages: [{ role: 'user', content: 'x' }], format: schema },
      ],
      [
        '/v1/chat/completions',
        {
          model: 'stand-in:latest',
          messages: [{ role: 'user', content: 'x' }],
          response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
        },
      ],
      [
        '/v1/chat/completions',
        {
          model: 'stand-in:latest',
          messages: [{ role: 'user', content: 'x' }],
          tools: [{ type: 'function', function: { name: 'x', parameters: schema } }],
        },
      ],
    ])('is rejected at %s', async (path, body) => {
      const response = await app.post(path, body);
      expect(response.status).toBe(400);
      expect(await response.text()).toMatch(/more than|at most/);
    });

    it('is rejected by generate', async () => {
      const query =
        'mutation ($f: JSON) { generate(input: { prompt: "x", format: $f }) { clientMutationId } }';
      const { errors } = await app.graphql(query, { f: schema }, token);
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(errors?.[0]?.message).toMatch(/more than|at most/);
    });
  });
});
