// Features of Ollama's client for JavaScript. The client's module is the first argument.
import { run, settings } from './features.mjs';

const { Ollama } = await import(process.argv[2]);
const { url, key, model } = settings;
const ollama = new Ollama({ host: url, headers: { Authorization: `Bearer ${key}` } });
const messages = [{ role: 'user', content: 'What is 2+2?' }];
const options = { num_predict: 24, temperature: 0 };

await run({
  models: async () =>
    (await ollama.list()).models.length > 0 &&
    (await ollama.show({ model })).capabilities.includes('completion'),
  chat: async () => (await ollama.chat({ model, messages, options })).message.content !== '',
  'streamed chat': async () => {
    let text = '';
    for await (const { message } of await ollama.chat({ model, messages, options, stream: true })) {
      text += message.content;
    }
    return text !== '';
  },
  'structured output': async () => {
    const format = { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] };
    const { message } = await ollama.chat({ model, messages, options, format });
    return Number.isInteger(JSON.parse(message.content).sum);
  },
  completions: async () => (await ollama.generate({ model, prompt: 'Hello', options })).response !== '',
  embeddings: async () => (await ollama.embed({ model, input: ['one', 'two'] })).embeddings[1].length > 10,
  errors: async () => {
    const error = await ollama.chat({ model: 'nosuch', messages }).catch((reason) => reason);
    return error.status_code === 404 && error.error.includes('nosuch');
  },
});
