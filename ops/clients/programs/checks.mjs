// 43 checks of OpenAI's API, without a client, so that they run on any server: here, and on Ollama's own /v1.
import { run, settings } from './features.mjs';

const { url, key, model } = settings;
const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };

const send = (path, body) =>
  fetch(`${url}/v1${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });

/** Returns the JSON of a successful response. */
const call = async (path, body) => {
  const response = await send(path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
};

/** Returns the data of the server-sent events, without `[DONE]`. */
const events = async (path, body) => {
  const response = await send(path, { ...body, stream: true });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
  const data = text.split('\n').filter((line) => line.startsWith('data: '));
  return data
    .map((line) => line.slice(6))
    .filter((line) => line !== '[DONE]')
    .map((line) => JSON.parse(line));
};

const user = (content) => ({ role: 'user', content });
const asked = { model, messages: [user('What is 2+2?')], max_tokens: 8, temperature: 0 };
const chat = async (rest = {}) => (await call('/chat/completions', { ...asked, ...rest })).choices[0];
const textOf = async (rest) => (await chat(rest)).message.content;
const isText = async (rest) => typeof (await textOf(rest)) === 'string';
const repeats = async (rest) => {
  const first = await textOf(rest);
  return (await textOf(rest)) === first;
};
const streamed = (rest) => events('/chat/completions', { ...asked, ...rest });
const joined = (chunks) => chunks.map(({ choices }) => choices[0]?.delta?.content ?? '').join('');
const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
const jsonSchema = { type: 'json_schema', json_schema: { name: 'sum', schema } };
const longer = { max_tokens: 100, messages: [user('Choose a number. Answer as JSON.')] };
const tool = {
  type: 'function',
  function: { name: 'now', description: 'The time.', parameters: { type: 'object', properties: {} } },
};
const called = { id: 'c1', type: 'function', function: { name: 'now', arguments: '{}' } };
const statusOf = async (path, body) => {
  const response = await send(path, body);
  const { error } = await response.json();
  return typeof error?.message === 'string' && error.message !== '' ? response.status : 0;
};

await run({
  'lists models': async () => (await call('/models')).data.some(({ id }) => id === model),
  'retrieves a model': async () => (await call(`/models/${encodeURIComponent(model)}`)).id === model,
  chat: () => isText({}),
  'streamed chat': async () => joined(await streamed({})) !== '',
  'the same text streamed as whole': async () => joined(await streamed({})) === (await textOf({})),
  'usage of an answer': async () => (await call('/chat/completions', asked)).usage.prompt_tokens > 0,
  'usage in a stream': async () =>
    (await streamed({ stream_options: { include_usage: true } })).at(-1).usage.completion_tokens > 0,
  'stream_options without stream': () => isText({ stream_options: { include_usage: true } }),
  'system message': () => isText({ messages: [{ role: 'system', content: 'Be brief.' }, user('Hi')] }),
  'conversation of several turns': () =>
    isText({ messages: [user('Hi'), { role: 'assistant', content: 'Hello.' }, user('How are you?')] }),
  'content in parts': () => isText({ messages: [user([{ type: 'text', text: 'Hi' }])] }),
  'empty content of an assistant': () =>
    isText({ messages: [user('Hi'), { role: 'assistant', content: '' }, user('Hello?')] }),
  'prefill by an assistant': () =>
    isText({ messages: [user('Count.'), { role: 'assistant', content: 'One, two' }] }),
  'max_tokens ends with length': async () => (await chat({ max_tokens: 2 })).finish_reason === 'length',
  'a maximum above all limits': async () => isText({ max_tokens: 262_144, stop: ['2', '4', '.', '\n'] }),
  'stop string': async () => !(await textOf({ stop: ' ' })).includes(' '),
  'list of stop strings': async () => !/[ .]/.test(await textOf({ stop: [' ', '.'] })),
  'temperature 0 repeats': () => repeats({}),
  'seed repeats': () => repeats({ temperature: 1, seed: 7 }),
  'negative seed': () => isText({ temperature: 1, seed: -1 }),
  'seed of 53 bits': () => isText({ temperature: 1, seed: 9_007_199_254_740_991 }),
  top_p: () => isText({ temperature: 1, top_p: 0.5 }),
  'frequency_penalty and presence_penalty': () => isText({ frequency_penalty: 0.5, presence_penalty: 0.5 }),
  'JSON object': async () => {
    const content = await textOf({ ...longer, response_format: { type: 'json_object' } });
    return content.trim() === '' || content.trimStart().startsWith('{');
  },
  'JSON Schema': async () =>
    Number.isInteger(JSON.parse(await textOf({ ...longer, response_format: jsonSchema })).a),
  'JSON Schema in a stream': async () =>
    Number.isInteger(JSON.parse(joined(await streamed({ ...longer, response_format: jsonSchema }))).a),
  'tool calls in the history': () =>
    isText({
      messages: [
        user('What time is it?'),
        { role: 'assistant', content: null, tool_calls: [called] },
        { role: 'tool', tool_call_id: 'c1', content: '12:00' },
      ],
    }),
  'tools for a model without tools: 400': async () =>
    (await statusOf('/chat/completions', { ...asked, tools: [tool] })) === 400,
  'unknown fields are ignored': () => isText({ user: 'ada', store: true, metadata: { a: 'b' }, made_up: 1 }),
  'reasoning_effort none': () => isText({ reasoning_effort: 'none' }),
  'log probabilities': async () => (await chat({ logprobs: true })).logprobs.content.length > 0,
  'the likeliest tokens': async () =>
    (await chat({ logprobs: true, top_logprobs: 2 })).logprobs.content[0].top_logprobs.length === 2,
  'completion of a prompt': async () =>
    (await call('/completions', { model, prompt: 'Hello', max_tokens: 8 })).choices[0].text !== '',
  'streamed completion of a prompt': async () => {
    const chunks = await events('/completions', { model, prompt: 'Hello', max_tokens: 8 });
    return chunks.map(({ choices }) => choices[0]?.text ?? '').join('') !== '';
  },
  'embedding of a text': async () =>
    (await call('/embeddings', { model, input: 'one' })).data[0].embedding.length > 10,
  'embeddings of a list': async () =>
    (await call('/embeddings', { model, input: ['one', 'two'] })).data.length === 2,
  'embedding in base64': async () =>
    typeof (await call('/embeddings', { model, input: 'one', encoding_format: 'base64' })).data[0]
      .embedding === 'string',
  'embedding of a given length': async () =>
    (await call('/embeddings', { model, input: 'one', dimensions: 16 })).data[0].embedding.length === 16,
  response: async () =>
    (await call('/responses', { model, input: 'Hi', max_output_tokens: 8 })).output[0].content[0].text !== '',
  'streamed response': async () =>
    (await events('/responses', { model, input: 'Hi', max_output_tokens: 8 })).some(
      ({ type }) => type === 'response.output_text.delta',
    ),
  'message of Anthropic': async () =>
    (await call('/messages', { model, messages: [user('Hi')], max_tokens: 8 })).content[0].text !== '',
  'unknown model: 404': async () =>
    (await statusOf('/chat/completions', { ...asked, model: 'nosuch' })) === 404,
  'invalid request: 400': async () =>
    (await statusOf('/chat/completions', { ...asked, messages: 'none' })) === 400,
});
