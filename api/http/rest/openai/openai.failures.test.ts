import type OpenAI from 'openai';
import { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { clientOf, messages, model } from './openai.testing.ts';
import { openaiError } from './openaiErrors.ts';

describe("errors for OpenAI's client", () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    openai = clientOf(test.url, test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  const errorOf = async (call: Promise<unknown>): Promise<APIError> => {
    const error = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof APIError)) throw new Error(`not an error of the API: ${String(error)}`);
    openaiError.strict().parse({ error: error.error });
    return error;
  };

  it('reject an invalid API key as invalid_api_key', async () => {
    const error = await errorOf(clientOf(test.url, 'sk-wrong').models.list());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  it('list the installed models for an unknown one', async () => {
    const error = await errorOf(openai.chat.completions.create({ model: 'gpt-4o', messages }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(error.message).toContain('Model "gpt-4o" is not installed. Installed models: stand-in:latest.');
    expect(await errorOf(openai.models.retrieve('gpt-4o'))).toMatchObject({ status: 404 });
  });

  it('reject a model name in the URL that is not percent-encoded', async () => {
    const error = await errorOf(openai.get('/models/100%'));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ code: 'invalid_value', param: 'model' });
    expect(error.message).toContain('The model name in the URL is not valid percent-encoding.');
  });

  it.each<[object, string, string]>([
    [{ n: 9 }, 'n', 'must be at most 8'],
    [{ max_tokens: 0 }, 'max_tokens', 'must be at least 1'],
    [{ seed: 1.5 }, 'seed', 'must be a whole number'],
    [{ reasoning_effort: 'extreme' }, 'reasoning_effort', 'must be "none"'],
    [{ audio: { voice: 'x' } }, 'audio', 'is not supported here'],
    [{ frequency_penalty: 3 }, 'frequency_penalty', 'must be at most 2'],
    [{ temperature: 2.5 }, 'temperature', 'must be at most 2'],
    [{ top_logprobs: 2 }, 'top_logprobs', 'needs logprobs to be true'],
    [{ logit_bias: { '5': 1 } }, 'logit_bias', 'is not supported here'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', 'is missing'],
    [{ messages: [] }, 'messages', 'at least 1 item'],
    [{ tool_choice: 'required' }, 'tool_choice', 'there are no tools'],
    [{ tool_choice: 'always' }, 'tool_choice', 'must be "none" or "auto" or "required"'],
    [
      { tool_choice: { type: 'function', function: { name: 'add' } } },
      'tool_choice',
      'names the tool "add", which is not in tools',
    ],
    [{ functions: [{ name: 'now' }], function_call: { name: 'add' } }, 'function_call', 'not in tools'],
    [
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
      'messages[0].content[0].type',
      'must be "text" or "image_url"',
    ],
    [{ tools: [{ type: 'function', function: { name: 'add' } }] }, 'tools', 'does not support tools'],
    [
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }],
      },
      'messages[0].content[0].image_url.url',
      'other URLs are not fetched',
    ],
    [
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }],
          },
        ],
      },
      'images',
      'does not support images',
    ],
  ])('name the field and the rule for %j', async (body, param, rule) => {
    const error = await errorOf(openai.chat.completions.create({ model, messages, ...body }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error.message).toContain(rule);
  });

  it('name the slash at the end of the path of the models', async () => {
    const asked = await test.get('/v1/models/');
    expect([asked.status, await asked.json()]).toMatchObject([
      404,
      { error: { message: 'There is nothing at /v1/models/. Leave out the slash at its end.' } },
    ]);
  });

  it('have a status for prompts too long, engine failures, unknown paths and methods', async () => {
    const long = [{ role: 'user' as const, content: 'word '.repeat(4000) }];
    expect(await errorOf(openai.chat.completions.create({ model, messages: long }))).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'messages',
      message: expect.stringMatching(
        /This model's maximum context length is 2048 tokens\. However, your messages resulted in \d+ tokens\./,
      ),
    });
    test.standin.play({ fault: { kind: 'silence', after: 0 } });
    expect(await errorOf(openai.chat.completions.create({ model, messages }))).toMatchObject({
      status: 504,
      code: 'engine_timeout',
      type: 'server_error',
    });
    expect(await errorOf(openai.post('/fine_tuning/jobs'))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await errorOf(openai.delete('/models'))).toMatchObject({ status: 405 });
  });

  it('have the same shape for a body that is not JSON and for one that is too large', async () => {
    const send = async (body: string) => {
      const headers = { Authorization: `Bearer ${test.token}`, 'Content-Type': 'application/json' };
      const response = await fetch(`${test.url}/v1/chat/completions`, { method: 'POST', headers, body });
      return [response.status, openaiError.strict().parse(await response.json()).error];
    };
    expect(await send('{')).toEqual([
      400,
      {
        message: 'The body is not valid JSON.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_value',
      },
    ]);
    expect(await send(' '.repeat(13 * 1024 * 1024))).toMatchObject([413, { code: 'request_too_large' }]);
  });

  it('end a stream that fails, which never looks complete', async () => {
    const fault = { kind: 'error line', after: 2, message: 'out of memory' } as const;
    test.standin.play({ tokens: ['Half', ' an'], tokensPerSecond: 50, fault });
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    let text = '';
    const read = async () => {
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    };
    expect((await errorOf(read())).code).toBe('engine_failed');
    expect(text).toContain('Half');

    const raw = await (await test.post('/v1/chat/completions', { model, messages, stream: true })).text();
    expect(raw).not.toContain('[DONE]');
    expect(raw).not.toContain('"finish_reason":"stop"');
    expect(JSON.parse(raw.trim().split('\n\n').at(-1)?.replace('data: ', '') ?? '')).toMatchObject({
      error: { type: 'server_error' },
    });
  });
});
