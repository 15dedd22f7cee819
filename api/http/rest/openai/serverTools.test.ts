import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type OpenAI from 'openai';
import { stdioCommand } from '../../../tools/mcp/mcp.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { clientOf, messages, model } from './openai.testing.ts';
import { chatCompletion, chatCompletionChunk } from './openaiResponses.ts';

describe('tools that the server runs for a request of the OpenAI API', () => {
  let test: TestApp;
  let openai: OpenAI;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-tools-'));
    const path = join(folder, 'tools.json');
    const tools = [{ name: 'add', readOnly: true }, { name: 'note' }];
    await writeFile(path, JSON.stringify({ servers: [{ name: 'test', ...stdioCommand, tools }] }));
    test = await startTestApp({ env: { TOOLS_FILE: path } });
    openai = clientOf(test.url, test.token);
    test.standin.play({
      capabilities: ['completion', 'tools'],
      chat: ({ messages: given, tools: offered }) => {
        if (!offered) return { tokens: ['No.'] };
        const result = (given as { role: string; content: string }[]).find(({ role }) => role === 'tool');
        return result
          ? { tokens: ['It is ', result.content] }
          : { tokens: ['Wait. '], toolCalls: [{ name: 'test_add', arguments: { a: 2, b: 3 } }] };
      },
    });
  });
  afterAll(async () => {
    await test.stop();
    await rm(folder, { recursive: true });
  });

  const calls = [{ name: 'test_add', arguments: '{"a":2,"b":3}', result: '5', is_error: false }];
  const request = { model, messages, server_tools: ['test_add'] };

  it('answer in one request, with the calls', async () => {
    const answer = await openai.chat.completions.create(request);
    expect(chatCompletion.strict().parse(answer)).toMatchObject({
      choices: [{ message: { content: 'Wait. It is 5', server_tool_calls: calls }, finish_reason: 'stop' }],
    });
    expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it('answer in a stream, with the calls at its end', async () => {
    const stream = await openai.chat.completions.create({ ...request, stream: true });
    let text = '';
    const ran: unknown[] = [];
    for await (const chunk of stream) {
      const [choice] = chatCompletionChunk.strict().parse(chunk).choices;
      text += choice?.delta.content ?? '';
      ran.push(...(choice?.delta.server_tool_calls ?? []));
    }
    expect(text).toBe('Wait. It is 5');
    expect(ran).toEqual(calls);
  });

  it('are not offered with tool_choice: none', async () => {
    const answer = await openai.chat.completions.create({ ...request, tool_choice: 'none' });
    expect(test.standin.chats.at(-1)).not.toHaveProperty('tools');
    expect(answer.choices[0]?.message).not.toHaveProperty('server_tool_calls');
  });

  it('count the prompts of all answers to a request', async () => {
    const one = await openai.chat.completions.create(request);
    const two = await openai.chat.completions.create({ ...request, n: 2 });
    expect(two.usage?.prompt_tokens).toBe(2 * (one.usage?.prompt_tokens ?? 0));
  });

  it('store no contents of calls outside of conversations', async () => {
    await openai.chat.completions.create(request);
    const generation = await test.lastGeneration();
    expect(generation?.toolUse).toEqual({ names: ['test_add'], apiKeyId: null, calls: [] });
  });

  it('are rejected beside functions, if they need a confirmation, and if there are none of the name', async () => {
    const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'mine' } }];
    for (const [more, message] of [
      [{ tools }, /exclude each other/],
      [{ tools, tool_choice: 'none' }, /exclude each other/],
      [{ tool_choice: 'required' }, /tool_choice may be "auto" or "none"/],
      [{ parallel_tool_calls: false }, /Leave parallel_tool_calls out/],
      [{ server_tools: ['test_note'] }, /needs the confirmation of a person/],
      [{ server_tools: ['test_secret'] }, /There is no tool/],
      [{ response_format: { type: 'json_object' } }, /must answer in a format/],
    ] satisfies [
      Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> & { server_tools?: string[] },
      RegExp,
    ][]) {
      const rejected = openai.chat.completions.create({ ...request, ...more });
      await expect(rejected).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
    }
  });
});
