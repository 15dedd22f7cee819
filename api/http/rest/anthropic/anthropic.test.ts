import { pdfOf } from '../../../attachments/reading/documents.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { anthropicError } from './anthropicErrors.ts';
import { messagesResponse } from './anthropicShape.ts';

const messages = [{ role: 'user', content: 'What is 2+2?' }];
const add = {
  name: 'add',
  description: 'Adds.',
  input_schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
};

describe("Anthropic's Messages API", () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  const asked = () => test.standin.chats.at(-1) as Record<string, unknown>;
  const post = (rest: object) =>
    test.post('/v1/messages', { model: 'stand-in', max_tokens: 50, messages, ...rest });
  const create = async (rest: object) => messagesResponse.strict().parse(await (await post(rest)).json());
  const eventsOf = async (rest: object): Promise<Record<string, unknown>[]> => {
    const response = await post({ ...rest, stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const blocks = (await response.text()).trim().split('\n\n');
    return blocks.map((block) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const event = JSON.parse(data);
      expect(event.type).toBe(name);
      return event;
    });
  };

  it('answers, with a system prompt and options', async () => {
    expect(
      await create({ system: [{ type: 'text', text: 'Be brief.' }], temperature: 0, stop_sequences: ['x'] }),
    ).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'stand-in:latest',
      content: [{ type: 'text', text: 'Hello there.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 3 },
    });
    expect(asked()).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
      options: { temperature: 0, num_predict: 50, stop: ['x'] },
    });
  });

  it('streams its events in order', async () => {
    test.standin.play({ thinking: ['Hm.'], tokens: ['Four', ' it', ' is'], tokensPerSecond: 100 });
    const events = await eventsOf({});
    const types = events.map(({ type }) => type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const deltas = events.map(({ delta }) => (delta as { text?: string } | undefined)?.text ?? '');
    expect(deltas.join('')).toBe('Four it is');
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } });
  });

  it('runs a tool that the model calls, and takes its result', async () => {
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: [],
      toolCalls: [{ name: 'add', arguments: { a: 2 } }],
    });
    const request = { model: 'caller', tools: [add] };
    const { content, stop_reason } = await create(request);
    expect([content, stop_reason]).toMatchObject([
      [{ type: 'tool_use', name: 'add', input: { a: 2 } }],
      'tool_use',
    ]);
    const streamed = await eventsOf(request);
    expect(streamed).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"a":2}' },
    });
    const [use] = content;
    const result = { type: 'tool_result', tool_use_id: use?.type === 'tool_use' ? use.id : '', content: '4' };
    await create({
      ...request,
      messages: [
        ...messages,
        { role: 'assistant', content },
        { role: 'user', content: [result, { type: 'text', text: 'And?' }] },
      ],
    });
    expect(asked()).toMatchObject({
      messages: [
        {},
        { role: 'assistant', tool_calls: [{ function: { name: 'add', arguments: { a: 2 } } }] },
        { role: 'tool', tool_name: 'add', content: '4' },
        { role: 'user', content: 'And?' },
      ],
    });
  });

  it('can require a call of a tool', async () => {
    test.standin.play({ tokens: ['{"a"', ':2}'] });
    for (const tool_choice of [{ type: 'any' }, { type: 'tool', name: 'add' }]) {
      expect((await create({ tools: [add], tool_choice })).content).toMatchObject([
        { type: 'tool_use', input: { a: 2 } },
      ]);
    }
    expect(asked()).toMatchObject({ format: add.input_schema });
  });

  it('can require a format of the text, in its newer and its older form', async () => {
    const format = { type: 'json_schema', schema: add.input_schema };
    test.standin.play({ tokens: ['{"a"', ':2}'] });
    for (const rest of [{ output_config: { format } }, { output_format: format }]) {
      expect(await create(rest)).toMatchObject({ content: [{ type: 'text', text: '{"a":2}' }] });
      expect(asked()).toMatchObject({ format: add.input_schema });
    }
  });

  it.each<[object, number, string, string]>([
    [
      { output_config: { format: { type: 'xml', schema: {} } } },
      400,
      'invalid_request_error',
      'output_config.format.type can only be "json_schema" here',
    ],
    [{ max_tokens: undefined }, 400, 'invalid_request_error', 'max_tokens is missing.'],
    [{ messages: [] }, 400, 'invalid_request_error', 'messages must have at least 1 item.'],
    [
      { tools: [{ type: 'bash_20250124', name: 'bash', input_schema: {} }] },
      400,
      'invalid_request_error',
      'tools[0].type',
    ],
    [{ model: 'nosuch' }, 404, 'not_found_error', 'Model "nosuch" is not installed.'],
    [
      { messages: [{ role: 'user', content: 'word '.repeat(4000) }] },
      400,
      'invalid_request_error',
      'prompt is too long: ',
    ],
  ])('rejects %j by status, type and message', async (rest, status, type, message) => {
    const response = await post(rest);
    expect(response.status).toBe(status);
    const { error } = anthropicError.strict().parse(await response.json());
    expect(error).toEqual({ type, message: expect.stringContaining(message) });
  });

  // After the prompts that are too long: the stand-in reports few tokens for long prompts, which corrects estimates.
  it('reads documents, in messages and in results of tools', async () => {
    const pdf = {
      type: 'document',
      title: 'a.pdf',
      source: {
        type: 'base64',
        media_type: 'application/pdf',
        data: pdfOf(['Sales fell']).toString('base64'),
      },
    };
    const text = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Sales rose' } };
    const read = '<document name="a.pdf" format="PDF" pages="1">\n[Page 1]\nSales fell\n</document>';
    await create({
      messages: [
        { role: 'user', content: [pdf, text, { type: 'text', text: 'What fell?' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'read', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [pdf] }] },
      ],
    });
    const [question, , result] = asked().messages as { role: string; content: string }[];
    expect(question?.content).toMatch(/^<document name="a\.pdf".*Sales fell.*Sales rose.*What fell\?$/s);
    expect(result).toMatchObject({ role: 'tool', content: read });
    const broken = {
      ...pdf,
      source: { ...pdf.source, data: Buffer.from('%PDF-1.7 x').toString('base64') },
    };
    const response = await post({ messages: [{ role: 'user', content: [broken] }] });
    expect(response.status).toBe(400);
    expect(anthropicError.parse(await response.json()).error.message).toContain('"a.pdf" is damaged');
  });

  it('takes the key as X-API-Key, as its clients send it', async () => {
    const response = await fetch(`${test.url}/v1/messages`, {
      method: 'POST',
      headers: { 'X-API-Key': 'zk_wrong' },
    });
    expect(response.status).toBe(401);
    expect(anthropicError.parse(await response.json()).error.type).toBe('authentication_error');
  });

  it('ends a stream that fails with an error', async () => {
    test.standin.play({
      tokens: ['Half', ' an'],
      fault: { kind: 'error line', after: 1, message: 'out of memory' },
    });
    const events = await eventsOf({});
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  });
});
