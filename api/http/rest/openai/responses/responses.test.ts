import type OpenAI from 'openai';
import { startTestApp, type TestApp } from '../../../testing/app.testing.ts';
import { clientOf, model } from '../openai.testing.ts';
import { responsesEvent, responsesResponse } from './responsesShape.ts';

type Create = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type StreamEvent = OpenAI.Responses.ResponseStreamEvent;

const add = {
  type: 'function' as const,
  name: 'add',
  strict: true,
  parameters: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
};

describe("OpenAI's Responses API", () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    openai = clientOf(test.url, test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  const asked = () => test.standin.chats.at(-1) as Record<string, unknown>;
  const create = (rest: object) =>
    openai.responses.create({ model, input: 'What is 2+2?', ...rest } as Create);
  const eventsOf = async (rest: object): Promise<StreamEvent[]> => {
    const events: StreamEvent[] = [];
    const stream = await openai.responses.create({ model, input: 'Hi', ...rest, stream: true });
    for await (const event of stream) events.push(event);
    expect(events.map((event) => responsesEvent.parse(event).sequence_number)).toEqual([...events.keys()]);
    return events;
  };

  it('answers a text, with instructions and options', async () => {
    const response = await create({
      instructions: 'Be brief.',
      max_output_tokens: 9,
      temperature: 0,
      store: true,
      metadata: { a: 'b' },
      include: ['reasoning.encrypted_content'],
    });
    const { output_text: text, ...document } = response as typeof response & { _request_id?: string };
    expect(text).toBe('Hello there.');
    expect(responsesResponse.parse(document)).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'stand-in:latest',
      store: true,
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello there.' }] },
      ],
      usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 },
      metadata: { a: 'b' },
    });
    expect(asked()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 2+2?' },
      ],
      options: { temperature: 0, num_predict: 9 },
    });
  });

  it('streams its events in order', async () => {
    test.standin.play({ thinking: ['Hm.'], tokens: ['Four', ' it', ' is'], tokensPerSecond: 100 });
    const events = await eventsOf({});
    const types = events.map(({ type }) => type.replace('response.', ''));
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
    const text = events
      .map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''))
      .join('');
    expect(text).toBe('Four it is');
    const last = events.at(-1);
    expect(last).toMatchObject({
      response: { status: 'completed', output: [{ type: 'reasoning' }, { content: [{ text }] }] },
    });
    const final = await openai.responses.stream({ model, input: 'Hi' }).finalResponse();
    expect(final.output_text).toBe('Four it is');
  });

  it('runs a tool that the model calls, and takes its result', async () => {
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: [],
      toolCalls: [{ name: 'add', arguments: { a: 2 } }],
    });
    const request = { model: 'caller', tools: [add] };
    const whole = await create(request);
    const streamed = await openai.responses.stream({ input: 'Hi', ...request }).finalResponse();
    for (const { output } of [whole, streamed]) {
      expect(output).toMatchObject([
        { type: 'function_call', name: 'add', arguments: '{"a":2}', status: 'completed' },
      ]);
    }
    const [call] = whole.output;
    if (call?.type !== 'function_call') throw new Error('the model called no tool');
    await create({
      ...request,
      input: [
        { role: 'developer', content: 'Add.' },
        { role: 'user', content: [{ type: 'input_text', text: 'What is 2+2?' }] },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        call,
        { type: 'function_call_output', call_id: call.call_id, output: '4' },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Four.', annotations: [] }],
        },
        { role: 'user', content: 'And?' },
      ],
    });
    expect(asked()).toMatchObject({
      messages: [
        { role: 'system', content: 'Add.' },
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ function: { name: 'add', arguments: { a: 2 } } }] },
        { role: 'tool', tool_name: 'add', content: '4' },
        { role: 'assistant', content: 'Four.' },
        { role: 'user', content: 'And?' },
      ],
    });
  });

  it('can require a call of a tool, and a format of the text', async () => {
    test.standin.play({ tokens: ['{"a"', ':2}'] });
    const forced = { tools: [add], tool_choice: { type: 'function', name: 'add' } };
    expect((await create(forced)).output).toMatchObject([{ type: 'function_call', arguments: '{"a":2}' }]);
    const events = await eventsOf({ tools: [add], tool_choice: 'required' });
    expect(events.some(({ type }) => type === 'response.output_text.delta')).toBe(false);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'response.function_call_arguments.done', arguments: '{"a":2}' }),
    );
    const format = { type: 'json_schema', name: 'sum', schema: add.parameters };
    await create({ text: { format } });
    expect(asked()).toMatchObject({ format: add.parameters });
  });

  it('drops the oldest messages of an input above the context with truncation: auto', async () => {
    const input = Array.from({ length: 9 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: `${index} ${'word '.repeat(400)}`,
    }));
    const rest = { instructions: 'Be brief.', input };
    // A single message is never cut.
    const long = { input: 'word '.repeat(4000), truncation: 'auto' };
    await expect(create(long)).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    await expect(create(rest)).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    expect(await create({ ...rest, truncation: 'auto' })).toMatchObject({ truncation: 'auto' });
    const [system, first, ...others] = asked().messages as { role: string; content: string }[];
    expect(system).toMatchObject({ role: 'system', content: 'Be brief.' });
    expect(first).toMatchObject({ role: 'user' });
    expect(others.at(-1)?.content).toBe(input[8]?.content);
    expect(others.length).toBeLessThan(8);
  });

  it.each<[object, string, string]>([
    [{ truncation: 'middle' }, 'truncation', 'must be "auto" or "disabled"'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id', 'must be the id of a response'],
    [{ previous_response_id: `resp_${'0'.repeat(26)}` }, 'previous_response_id', 'not found'],
    [{ conversation: 'conv_1' }, 'conversation', 'refer to the last response by previous_response_id'],
    [{ background: true }, 'background', 'is not supported here'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type', 'can only be "function" here'],
    [{ input: [] }, 'input', 'at least 1 item'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id', 'Send the item itself'],
    [{ tool_choice: 'required' }, 'tool_choice', 'there are no tools'],
  ])('names the field and the rule for %j', async (body, param, rule) => {
    await expect(create(body)).rejects.toMatchObject({
      status: 400,
      param,
      message: expect.stringContaining(rule),
    });
  });

  it('ends a stream that fails with an error, never as completed', async () => {
    test.standin.play({
      tokens: ['Half', ' an'],
      fault: { kind: 'error line', after: 1, message: 'out of memory' },
    });
    const raw = await (await test.post('/v1/responses', { model, input: 'Hi', stream: true })).text();
    const [, failed = '{}'] = /^event: error\ndata: (.*)$/m.exec(raw) ?? [];
    expect(JSON.parse(failed)).toMatchObject({
      type: 'error',
      code: 'engine_failed',
      message: expect.any(String),
      param: null,
      sequence_number: expect.any(Number),
    });
    expect(raw).not.toContain('response.completed');
    await expect(eventsOf({})).rejects.toThrow();
  });
});
