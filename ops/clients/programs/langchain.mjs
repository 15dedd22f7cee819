// Features of LangChain with its packages for OpenAI and Ollama. The modules are the arguments.
import { run, settings } from './features.mjs';

const { ChatOpenAI, OpenAIEmbeddings } = await import(process.argv[2]);
const { ChatOllama } = await import(process.argv[3]);
const { HumanMessage, ToolMessage } = await import(process.argv[4]);
const { ContextOverflowError } = await import(process.argv[5]);
const { url, key, model } = settings;
const configuration = { baseURL: `${url}/v1` };
const limit = { model, apiKey: key, configuration, maxTokens: 48, temperature: 0, maxRetries: 0 };
const chat = new ChatOpenAI(limit);
const ollama = new ChatOllama({
  baseUrl: url,
  model,
  numPredict: 24,
  temperature: 0,
  maxRetries: 0,
  headers: { Authorization: `Bearer ${key}` },
});
const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
const tool = { type: 'function', function: { name: 'add', description: 'Adds.', parameters: schema } };
const textOf = async (stream) => {
  let text = '';
  for await (const chunk of stream) text += chunk.content;
  return text;
};

await run({
  chat: async () =>
    (await chat.invoke('What is 2+2?')).content !== '' &&
    (await ollama.invoke('What is 2+2?')).content !== '',
  'streamed chat': async () =>
    (await textOf(await chat.stream('What is 2+2?'))) !== '' &&
    (await textOf(await ollama.stream('What is 2+2?'))) !== '',
  'structured output': async () => {
    const structured = chat.withStructuredOutput(schema, { name: 'sum', method: 'jsonSchema' });
    return Number.isInteger((await structured.invoke('Choose a number.')).a);
  },
  'required tool call': async () => {
    const forced = new ChatOpenAI({ ...limit, maxTokens: 200 }).bindTools([tool], {
      tool_choice: 'required',
    });
    const question = new HumanMessage('Add 2 and 2.');
    const answer = await forced.invoke([question]);
    const [call] = answer.tool_calls;
    const result = new ToolMessage({ content: '4', tool_call_id: call.id });
    const next = await chat.invoke([question, answer, result]);
    return call.name === 'add' && Number.isInteger(call.args.a) && next.content !== '';
  },
  embeddings: async () => {
    const embeddings = new OpenAIEmbeddings({ model, apiKey: key, configuration, maxRetries: 0 });
    return (await embeddings.embedDocuments(['one', 'two']))[1].length > 10;
  },
  responses: async () => {
    const responses = new ChatOpenAI({ ...limit, useResponsesApi: true });
    const first = await responses.invoke('My name is Ada.');
    const next = { previous_response_id: first.response_metadata.id };
    return (await responses.invoke('What is my name?', next)).text !== '';
  },
  'streamed responses': async () => {
    let text = '';
    for await (const chunk of await new ChatOpenAI({ ...limit, useResponsesApi: true }).stream('Hello'))
      text += chunk.text;
    return text !== '';
  },
  errors: async () => {
    const missing = new ChatOpenAI({ ...limit, model: 'nosuch' });
    const error = await missing.invoke('Hello').catch((reason) => reason);
    const tooLong = await chat.invoke('word '.repeat(200_000)).catch((reason) => reason);
    return error.status === 404 && ContextOverflowError.isInstance(tooLong);
  },
});
