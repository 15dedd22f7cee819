// Features of the AI SDK with its provider for compatible servers. The modules are the first two arguments.
import { run, settings } from './features.mjs';

const { embedMany, generateText, isStepCount, jsonSchema, Output, streamText, tool } = await import(
  process.argv[2]
);
const { createOpenAICompatible } = await import(process.argv[3]);
const { url, key, model } = settings;
const provider = createOpenAICompatible({
  name: 'ziggie',
  baseURL: `${url}/v1`,
  apiKey: key,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const asked = { prompt: 'What is 2+2?', maxOutputTokens: 24, maxRetries: 0 };
const limit = { ...asked, model: provider(model), prompt: 'Choose a number.', maxOutputTokens: 200 };
const schema = jsonSchema({
  type: 'object',
  properties: { a: { type: 'integer' } },
  required: ['a'],
  additionalProperties: false,
});

await run({
  chat: async () => {
    const { text, usage } = await generateText({ ...asked, model: provider(model) });
    return text !== '' && usage.outputTokens > 0;
  },
  'streamed chat': async () => {
    const answer = streamText({ ...asked, model: provider(model) });
    let text = '';
    for await (const delta of answer.textStream) text += delta;
    return text !== '' && (await answer.usage).outputTokens > 0;
  },
  'structured output': async () => {
    const { output } = await generateText({ ...limit, output: Output.object({ schema }) });
    return Number.isInteger(output.a);
  },
  'required tool call': async () => {
    const tools = { add: tool({ description: 'Adds 2.', inputSchema: schema, execute: ({ a }) => a + 2 }) };
    const { steps } = await generateText({
      ...limit,
      tools,
      toolChoice: 'required',
      stopWhen: isStepCount(2),
    });
    return steps.length === 2 && steps.every(({ toolCalls }) => Number.isInteger(toolCalls[0].input.a));
  },
  completions: async () =>
    (await generateText({ ...asked, model: provider.completionModel(model) })).text !== '',
  embeddings: async () => {
    const { embeddings } = await embedMany({
      model: provider.embeddingModel(model),
      values: ['one', 'two'],
      maxRetries: 0,
    });
    return embeddings[1].length > 10;
  },
  errors: async () => {
    const error = await generateText({ ...asked, model: provider('nosuch') }).catch((reason) => reason);
    return error.statusCode === 404 && error.message.includes('is not installed');
  },
});
