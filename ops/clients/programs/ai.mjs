// Features of the AI SDK with its provider for OpenAI. The modules are the first two arguments.
import { run, settings } from './features.mjs';

const { embedMany, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } = await import(
  process.argv[2]
);
const { createOpenAI } = await import(process.argv[3]);
const { url, key, model } = settings;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
const asked = { prompt: 'What is 2+2?', maxOutputTokens: 24, maxRetries: 0 };

const schema = jsonSchema({
  type: 'object',
  properties: { a: { type: 'integer' } },
  required: ['a'],
  additionalProperties: false,
});
const limit = { ...asked, prompt: 'Choose a number.', maxOutputTokens: 200 };

await run({
  chat: async () => (await generateText({ model: openai.chat(model), ...asked })).text !== '',
  'streamed chat': async () => {
    let text = '';
    for await (const delta of streamText({ model: openai.chat(model), ...asked }).textStream) text += delta;
    return text !== '';
  },
  'structured output': async () => {
    const { object } = await generateObject({ ...limit, model: openai(model), schema });
    return Number.isInteger(object.a);
  },
  // The second step refers to the items of the first one, which the server stores.
  'required tool call': async () => {
    const tools = { add: tool({ description: 'Adds 2.', inputSchema: schema, execute: ({ a }) => a + 2 }) };
    const { steps } = await generateText({
      ...limit,
      model: openai(model),
      tools,
      toolChoice: 'required',
      stopWhen: stepCountIs(2),
    });
    return steps.length === 2 && steps.every(({ toolCalls }) => Number.isInteger(toolCalls[0].input.a));
  },
  embeddings: async () => {
    const { embeddings } = await embedMany({
      model: openai.embedding(model),
      values: ['one', 'two'],
      maxRetries: 0,
    });
    return embeddings[1].length > 10;
  },
  responses: async () => (await generateText({ model: openai(model), ...asked })).text !== '',
  'streamed responses': async () => {
    let text = '';
    for await (const delta of streamText({ model: openai(model), ...asked }).textStream) text += delta;
    return text !== '';
  },
  errors: async () => {
    const error = await generateText({ ...asked, model: openai('nosuch') }).catch((reason) => reason);
    return error.statusCode === 404 && error.message.includes('is not installed');
  },
});
