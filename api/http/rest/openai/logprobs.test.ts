import type OpenAI from 'openai';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { clientOf, model } from './openai.testing.ts';
import { chatCompletion, chatCompletionChunk } from './openaiResponses.ts';

const messages = [{ role: 'user' as const, content: 'Hi.' }];

describe('log probabilities', () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp();
    openai = clientOf(test.url, test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  const texts = (tokens: readonly { readonly token: string }[] = []) => tokens.map(({ token }) => token);

  it('are of each token, with the likeliest ones', async () => {
    const asked = { model, messages, logprobs: true, top_logprobs: 2 };
    const { _request_id: _, ...whole } = (await openai.chat.completions.create(
      asked,
    )) as OpenAI.ChatCompletion & {
      _request_id?: string;
    };
    const [choice] = chatCompletion.parse(whole).choices;
    expect(texts(choice?.logprobs?.content)).toEqual(['Hello', ' there', '.']);
    expect(choice?.logprobs?.content[0]).toMatchObject({
      logprob: -0.5,
      bytes: [72, 101, 108, 108, 111],
      top_logprobs: [{ token: 'Hello' }, { token: 'Hello1' }],
    });
    expect(test.standin.chats.at(-1)).toMatchObject({ logprobs: true, top_logprobs: 2 });
    const stored = await test.lastGeneration();
    expect(stored?.logprobs).toBeNull();
    expect(stored?.usage?.completionTokens).toBe(3);
  });

  it('come at the end of a stream, and of each of several answers', async () => {
    const tokens: string[][] = [[], []];
    const stream = await openai.chat.completions.create({
      model,
      messages,
      logprobs: true,
      n: 2,
      stream: true,
    });
    for await (const chunk of stream) {
      const [choice] = chatCompletionChunk.parse(chunk).choices;
      tokens[choice?.index ?? 0]?.push(...texts(choice?.logprobs?.content));
    }
    expect(tokens).toEqual([
      ['Hello', ' there', '.'],
      ['Hello', ' there', '.'],
    ]);
  });

  it('are never missing because an equal answer without them is cached', async () => {
    const equal = { model, messages, temperature: 0 };
    await openai.chat.completions.create(equal);
    const { choices } = await openai.chat.completions.create({ ...equal, logprobs: true });
    expect(choices[0]?.logprobs?.content).toHaveLength(3);
  });

  it('have the older form in completions, and that of Ollama at its paths', async () => {
    const { choices } = await openai.completions.create({ model, prompt: 'Hi.', logprobs: 1 });
    expect(choices[0]?.logprobs).toEqual({
      tokens: ['Hello', ' there', '.'],
      token_logprobs: [-0.5, -0.5, -0.5],
      top_logprobs: [{ Hello: -0.5 }, { ' there': -0.5 }, { '.': -0.5 }],
      text_offset: [0, 5, 11],
    });
    const asked = { model, stream: false, logprobs: true, top_logprobs: 1 };
    for (const [path, body] of [
      ['/api/chat', { messages }],
      ['/api/generate', { prompt: 'Hi.' }],
    ] as const) {
      const answer = (await (await test.post(path, { ...asked, ...body })).json()) as {
        logprobs: readonly { token: string; top_logprobs: readonly object[] }[];
      };
      expect(texts(answer.logprobs)).toEqual(['Hello', ' there', '.']);
      expect(answer.logprobs[0]?.top_logprobs).toHaveLength(1);
    }
  });

  it('are rejected by name where the engine has none, or the fields contradict', async () => {
    test.standin.play({ hasNoLogprobs: true });
    await expect(openai.chat.completions.create({ model, messages, logprobs: true })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('Leave logprobs out'),
    });
    await expect(openai.chat.completions.create({ model, messages, top_logprobs: 2 })).rejects.toMatchObject({
      status: 400,
      param: 'top_logprobs',
    });
    await expect(
      openai.chat.completions.create({ model, messages, logprobs: true, top_logprobs: 21 }),
    ).rejects.toMatchObject({ status: 400, param: 'top_logprobs' });
  });
});

describe('texts that are completed as they are', () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp();
    openai = clientOf(test.url, test.token);
  });
  afterAll(() => test.stop());
  const generate = (body: object) => test.post('/api/generate', { model, stream: false, ...body });

  it('reach Ollama with raw, template and suffix, in its own fields', async () => {
    test.standin.play({ capabilities: ['completion', 'insert'] });
    for (const [asked, sent] of [
      [
        { prompt: 'def a(', raw: true },
        { prompt: 'def a(', raw: true },
      ],
      [
        { prompt: 'Hi', template: 'Q: {{ .Prompt }}', system: 'S' },
        { system: 'S', template: 'Q: {{ .Prompt }}' },
      ],
      [
        { prompt: 'def a(', suffix: 'return 1' },
        { prompt: 'def a(', suffix: 'return 1' },
      ],
    ] as const) {
      const response = await generate(asked);
      expect(await response.json()).toMatchObject({ response: 'Hello there.', done: true });
      expect(test.standin.chats.at(-1)).toMatchObject(sent);
      expect(test.standin.chats.at(-1)).not.toHaveProperty('messages');
    }
    const { choices } = await openai.completions.create({ model, prompt: 'def a(', suffix: 'return 1' });
    expect(choices[0]?.text).toBe('Hello there.');
    expect(test.standin.chats.at(-1)).toMatchObject({ prompt: 'def a(', suffix: 'return 1' });
    const streamed = await (await generate({ prompt: 'def a(', raw: true, stream: true })).text();
    expect(streamed).toContain('"response":"Hello"');
  });

  it('are rejected by name where the model fills no gaps', async () => {
    // A model that the cached list of models lacks.
    test.standin.play({ models: ['plain:latest'] });
    const response = await generate({ model: 'plain', prompt: 'def a(', suffix: 'return 1' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining('does not fill gaps') });
    await expect(
      openai.completions.create({ model: 'plain', prompt: 'a', suffix: 'b' }),
    ).rejects.toMatchObject({
      status: 400,
      param: 'suffix',
    });
  });
});
