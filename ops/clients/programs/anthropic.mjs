// Features of Anthropic's client. The client's module is the first argument.
import { run, settings } from './features.mjs';

const { default: Anthropic } = await import(process.argv[2]);
const { url, key, model } = settings;
const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
const messages = [{ role: 'user', content: 'What is 2+2?' }];
const limit = { model, messages, max_tokens: 24 };

await run({
  chat: async () => (await client.messages.create(limit)).content[0].text !== '',
  'streamed chat': async () => (await client.messages.stream(limit).finalText()) !== '',
  'required tool call': async () => {
    const input_schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    const { content } = await client.messages.create({
      ...limit,
      max_tokens: 200,
      tools: [{ name: 'add', input_schema }],
      tool_choice: { type: 'any' },
    });
    return content[0].name === 'add' && Number.isInteger(content[0].input.a);
  },
  errors: async () => {
    const error = await client.messages.create({ ...limit, model: 'nosuch' }).catch((reason) => reason);
    return error.status === 404 && error.error.error.type === 'not_found_error';
  },
});
