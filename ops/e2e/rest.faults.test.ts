import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { describeWithPython, findPython } from './harness/python.ts';
import { describeWithPrograms, missingPrograms, shell } from './harness/shell.ts';

const [python, missing] = await Promise.all([findPython(), missingPrograms('curl')]);

const halfWay = {
  tokens: ['Half', ' an'],
  tokensPerSecond: 20,
  fault: { kind: 'error line', after: 2, message: 'the GPU is gone' },
} as const;

describe('REST clients, when errors occur', () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    [folder, standin] = await Promise.all([makeFolder(), startOllamaStandin()]);
    const env = { OLLAMA_URL: standin.url, LOAD_TIMEOUT_S: '1', FIRST_TOKEN_TIMEOUT_S: '1' };
    server = await startServer({ dataDir: folder, env });
    ({ token } = await signIn(server.url, 'admin', adminPassword));
  }, 60_000);
  beforeEach(() => standin.play({}));
  afterAll(async () => {
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
  }, 60_000);

  describeWithPrograms(missing, 'with curl', () => {
    /** Runs curl. The output is the body, then a line with the status. */
    const post = async (path: string, body: object) => {
      const printed = await shell(
        `curl -s -N -w '\\n%{http_code}' ${server.url}${path} -H 'Authorization: Bearer ${token}' -d '${JSON.stringify(body)}'`,
      );
      const lines = printed.split('\n').filter((line) => line !== '');
      return { status: Number(lines.pop()), lines };
    };
    const messages = [{ role: 'user', content: 'What is 2+2?' }];

    const noToken = /(?:sent no token for 1 s|was not ready after 2 s)/;

    it.each([
      ['/api/llm/generate', { prompt: 'What is 2+2?' }],
      ['/api/llm/chat', { messages, stream: false }],
      ['/v1/chat/completions', { model: 'stand-in', messages }],
    ])('receive 504 from %s if the engine sends no token for FIRST_TOKEN_TIMEOUT_S', async (path, body) => {
      standin.play({ fault: { kind: 'silence', after: 0 } });
      const startedAt = performance.now();
      const { status, lines } = await post(path, body);
      expect(performance.now() - startedAt).toBeGreaterThan(900);
      expect(status).toBe(504);
      expect(lines.join('')).toMatch(/^\{"(detail|error)":/);
      expect(lines.join('')).toMatch(noToken);
    });

    it.each([
      ['/api/llm/generate', { prompt: 'What is 2+2?', stream: true }],
      ['/v1/chat/completions', { model: 'stand-in', messages, stream: true }],
    ])('receive the headers of a stream from %s before that, and the error in it', async (path, body) => {
      standin.play({ fault: { kind: 'silence', after: 0 } });
      const { status, lines } = await post(path, body);
      expect(status).toBe(200);
      expect(lines.at(-1)).toMatch(/^ *(?:data: )?\{"error":/);
      expect(lines.at(-1)).toMatch(noToken);
    });

    it('get an error as the last line of a stream that fails, and no final line', async () => {
      standin.play(halfWay);
      const ndjson = (await post('/api/llm/chat', { messages, stream: true })).lines.map((line) =>
        JSON.parse(line),
      );
      expect(ndjson.at(0)).toMatchObject({ message: { content: 'Half' }, done: false });
      expect(ndjson.at(-1)).toEqual({ error: expect.stringContaining('the GPU is gone') });
      expect(ndjson.some(({ done }) => done)).toBe(false);

      const asked = { model: 'stand-in', messages, stream: true };
      const events = (await post('/v1/chat/completions', asked)).lines;
      expect(events.at(-1)).toMatch(/^data: \{"error":\{"message":".*the GPU is gone/);
      expect(events).not.toContain('data: [DONE]');
    });

    it.each([
      ['/api/auth/login', { username: 'admin' }, 400, 'password is missing.'],
      ['/api/llm/generate', { prompt: 4 }, 400, 'prompt must be a string.'],
      ['/api/llm/chat', { messages: 'hi' }, 400, 'messages must be a list.'],
      ['/v1/chat/completions', { messages }, 400, 'model is missing.'],
      ['/api/llm/generate', { model: 'llama3.2', prompt: 'x' }, 404, 'Installed models: stand-in:latest.'],
      ['/v1/chat/completions', { model: 'mistral', messages }, 404, 'Installed models: stand-in:latest.'],
    ])('get an explanation from %s of what is wrong with %j', async (path, body, status, words) => {
      const answer = await post(path, body);
      expect(answer.status).toBe(status);
      expect(answer.lines.join('')).toContain(words);
    });
  });

  describeWithPython(python, "with Python's openai", (run) => {
    const begin = `
import json, openai, sys
url, token = sys.argv[1:]
client = openai.OpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0)
messages = [{"role": "user", "content": "What is 2 and 3?"}]

def ask(**options):
    return client.chat.completions.create(**({"model": "stand-in", "messages": messages} | options))

def failure(do):
    try:
        do()
    except openai.APIError as error:
        return [type(error).__name__, error.code, error.param]
`;
    const said = async (program: string) =>
      JSON.parse(await run(`${begin}\n${program}`, server.url, token)) as unknown;

    it('get the error classes of the package', async () => {
      const program = `
unauthenticated = openai.OpenAI(base_url=f"{url}/v1", api_key="wrong", max_retries=0)
print(json.dumps([
    failure(lambda: unauthenticated.models.list()),
    failure(lambda: ask(model="gpt-4o")),
    failure(lambda: client.models.retrieve("gpt-4o")),
    failure(lambda: ask(temperature=3)),
    failure(lambda: ask(messages=[])),
    failure(lambda: client.vector_stores.list()),
]))
`;
      expect(await said(program)).toEqual([
        ['AuthenticationError', 'invalid_api_key', null],
        ['NotFoundError', 'model_not_found', 'model'],
        ['NotFoundError', 'model_not_found', 'model'],
        ['BadRequestError', 'invalid_value', 'temperature'],
        ['BadRequestError', 'invalid_value', 'messages'],
        ['NotFoundError', 'not_found', null],
      ]);
    }, 60_000);

    it('never mistake a partial answer for a complete one', async () => {
      standin.play(halfWay);
      const program = `
texts = []
def read():
    for chunk in ask(stream=True):
        texts.append(chunk.choices[0].delta.content or "")
error = failure(read)
print(json.dumps(["".join(texts), error]))
`;
      expect(await said(program)).toEqual(['Half an', ['APIError', 'engine_failed', null]]);
    }, 60_000);

    it('receive tool calls, and can send their results', async () => {
      standin.play({
        models: ['caller:latest'],
        capabilities: ['completion', 'tools'],
        tokens: [],
        toolCalls: [{ name: 'add', arguments: { a: 2, b: 3 } }],
      });
      const program = `
tools = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}]
first = ask(model="caller", tools=tools).choices[0]
call = first.message.tool_calls[0]
result = {"role": "tool", "tool_call_id": call.id, "content": "5"}
ask(model="caller", messages=[*messages, first.message, result], tools=tools, seed=7, stop=["x"],
    max_completion_tokens=9, response_format={"type": "json_object"})
print(json.dumps([first.finish_reason, call.function.name, json.loads(call.function.arguments)]))
`;
      expect(await said(program)).toEqual(['tool_calls', 'add', { a: 2, b: 3 }]);
      expect(standin.chats.at(-1)).toMatchObject({
        messages: [
          {},
          { role: 'assistant', tool_calls: [{ function: { name: 'add', arguments: { a: 2, b: 3 } } }] },
          { role: 'tool', tool_name: 'add', content: '5' },
        ],
        format: 'json',
        options: { seed: 7, stop: ['x'], num_predict: 9 },
      });
    }, 60_000);
  });
});
