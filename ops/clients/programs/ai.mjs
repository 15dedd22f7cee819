// Features of the AI SDK with its provider for OpenAI. The modules are the first two arguments.
import { run, settings } from './features.mjs';

const { generateText, streamText } = await import(process.argv[2]);
const { createOpenAI } = await import(process.argv[3]);
const { url, key, model } = settings;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
const asked = { prompt: 'What is 2+2?', maxOutputTokens: 24, maxRetries: 0 };

await run({
  chat: async () => (await generateText({ model: openai.chat(model), ...asked })).text !== '',
  responses: async () => (await generateText({ model: openai(model), ...asked })).text !== '',
  'streamed responses': async () => {
    let text = '';
    for await (const delta of streamText({ model: openai(model), ...asked }).textStream) text += delta;
    return text !== '';
  },
});
