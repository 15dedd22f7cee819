// Features of OpenAI's client. The client's module is the first argument.
import { run, settings } from './features.mjs';

const { default: OpenAI, toFile } = await import(process.argv[2]);
const { url, key, model } = settings;
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const messages = [{ role: 'user', content: 'What is 2+2?' }];
const tool = {
  type: 'function',
  function: {
    name: 'add',
    parameters: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
  },
};
const limit = { model, messages, max_tokens: 24, temperature: 0 };

await run({
  models: async () => {
    const { data } = await openai.models.list();
    return data.length > 0 && (await openai.models.retrieve(data[0].id)).id === data[0].id;
  },
  chat: async () => (await openai.chat.completions.create(limit)).choices[0].message.content !== '',
  'streamed chat': async () => {
    let text = '';
    const stream = await openai.chat.completions.create({ ...limit, stream: true });
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return text !== '';
  },
  'structured output': async () => {
    const schema = { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] };
    const response_format = { type: 'json_schema', json_schema: { name: 'sum', schema } };
    const { choices } = await openai.chat.completions.create({ ...limit, response_format });
    return Number.isInteger(JSON.parse(choices[0].message.content).sum);
  },
  'required tool call': async () => {
    const { choices } = await openai.chat.completions.create({
      ...limit,
      max_tokens: 200,
      tools: [tool],
      tool_choice: 'required',
    });
    const [call] = choices[0].message.tool_calls;
    return call.function.name === 'add' && Number.isInteger(JSON.parse(call.function.arguments).a);
  },
  'several answers': async () =>
    (await openai.chat.completions.create({ ...limit, n: 2 })).choices.length === 2,
  completions: async () =>
    (await openai.completions.create({ model, prompt: 'Hello', max_tokens: 8 })).choices[0].text !== '',
  embeddings: async () =>
    (await openai.embeddings.create({ model, input: ['one', 'two'] })).data[1].embedding.length > 10,
  responses: async () =>
    (await openai.responses.create({ model, input: 'What is 2+2?', max_output_tokens: 16 })).output_text !==
    '',
  'stored responses': async () => {
    const first = await openai.responses.create({ model, input: 'My name is Ada.', max_output_tokens: 16 });
    const asked = { model, input: 'What is my name?', max_output_tokens: 16, previous_response_id: first.id };
    const second = await openai.responses.create(asked);
    const { data } = await openai.responses.inputItems.list(second.id);
    const isRead = (await openai.responses.retrieve(second.id)).output_text === second.output_text;
    await openai.responses.delete(second.id);
    await openai.responses.delete(first.id);
    return isRead && data.length === 3;
  },
  'streamed responses': async () => {
    const stream = openai.responses.stream({ model, input: 'What is 2+2?', max_output_tokens: 16 });
    return (await stream.finalResponse()).output_text !== '';
  },
  batches: async () => {
    const lines = ['one', 'two'].map((id) =>
      JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: limit }),
    );
    const file = await openai.files.create({
      file: await toFile(Buffer.from(lines.join('\n')), 'requests.jsonl'),
      purpose: 'batch',
    });
    const given = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    let batch = await openai.batches.create(given);
    while (['validating', 'in_progress', 'finalizing'].includes(batch.status)) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      batch = await openai.batches.retrieve(batch.id);
    }
    const output = await (await openai.files.content(batch.output_file_id)).text();
    const answers = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { data } = await openai.batches.list();
    const { deleted } = await openai.files.delete(file.id);
    const isAnswered = ({ response }) => response.body.choices[0].message.content !== '';
    const ids = answers.map(({ custom_id: id }) => id);
    return `${ids}` === 'one,two' && answers.every(isAnswered) && data[0].id === batch.id && deleted;
  },
  errors: async () => {
    const error = await openai.chat.completions
      .create({ ...limit, model: 'nosuch' })
      .catch((reason) => reason);
    return error.status === 404 && error.code === 'model_not_found';
  },
});
