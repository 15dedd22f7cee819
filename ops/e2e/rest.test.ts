import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import { ollamaUrls } from '../../api/engine/ollama/ollama.testing.ts';
import { signIn } from './harness/client.ts';
import { describeWithEngine } from './harness/engine.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { describeWithPython, findPython } from './harness/python.ts';
import { describeWithPrograms, missingPrograms, shell } from './harness/shell.ts';

const [python, missing] = await Promise.all([findPython(), missingPrograms('curl', 'jq')]);

const minutes = 60_000;

/** With Ollama, one of its models is the fallback for the models in the commands. */
const fallback = async (): Promise<Record<string, string>> => {
  const [url] = ollamaUrls;
  if (!url) return {};
  const { models } = (await (await fetch(`${url}/api/tags`)).json()) as { models: { name: string }[] };
  return { MODEL_FALLBACK: models[0]?.name ?? '' };
};

/** Returns the examples of `docs/http-api.md` in a language, with this server's URL. */
const examplesOf = async (language: string, url: string): Promise<string[]> => {
  const page = await readFile(new URL('../../docs/http-api.md', import.meta.url), 'utf8');
  const [, chapter = ''] = page.split('## REST and OpenAI');
  const blocks = chapter.split('\n## ', 1)[0]?.matchAll(/^```(\w+)\n(.*?)^```/gms) ?? [];
  return [...blocks].flatMap(([, written, example = '']) =>
    written === language ? [example.replaceAll('http://127.0.0.1:8000', url)] : [],
  );
};

describeWithEngine('REST clients, with a real model', () => {
  let folder: string;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    folder = await makeFolder();
    server = await startServer({ dataDir: folder, env: await fallback() });
    ({ token } = await signIn(server.url, 'admin', adminPassword));
  }, 2 * minutes);
  afterAll(async () => {
    await server?.stop();
    await removeFolder(folder);
  }, 60_000);

  describeWithPrograms(missing, 'curl and jq', () => {
    const signedIn = () =>
      `TOKEN=$(curl -s -X POST ${server.url}/api/auth/login -H "Content-Type: application/json" ` +
      `-d '{"username":"admin","password":"${adminPassword}"}' | jq -r '.access_token')`;
    const ask = (path: string, body: string) =>
      `${signedIn()}; curl -s -N ${server.url}${path} -H "Authorization: Bearer $TOKEN" ` +
      `-H "Content-Type: application/json" -d '${body}'`;

    it(
      'get an answer to "What is 2+2?"',
      async () => {
        const body =
          '{"model":"llama3.2","prompt":"What is 2+2?","stream":false,"options":{"temperature":0}}';
        const answer = JSON.parse(await shell(ask('/api/llm/generate', body)));
        expect(answer.response).toContain('4');
        expect(answer).toMatchObject({ done: true, done_reason: 'stop', eval_count: expect.any(Number) });
        expect(answer.total_duration).toBeGreaterThan(answer.eval_duration);
      },
      2 * minutes,
    );

    it(
      'get a stream of lines without delay',
      async () => {
        const body =
          '{"model":"mistral","messages":[{"role":"user","content":"Count to five."}],"stream":true,"options":{"temperature":0,"num_predict":30}}';
        const lines = (await shell(`${ask('/api/llm/chat', body)} | jq -c '[.message.content, .done]'`))
          .split('\n')
          .map((line) => JSON.parse(line) as [string, boolean]);
        expect(lines.length).toBeGreaterThan(5);
        expect(lines.map(([content]) => content).join('')).toMatch(/\w/);
        expect(lines.map(([, done]) => done)).toEqual([...lines.slice(1).map(() => false), true]);
      },
      2 * minutes,
    );

    it(
      'get the output of the documentation',
      async () => {
        const [commands] = await examplesOf('sh', server.url);
        const printed = await shell(`${signedIn()}; { ${commands} } | jq -c .`);
        const [status, whole, ...lines] = printed.split('\n').map((line) => JSON.parse(line));
        expect(status).toMatchObject({ status: 'healthy' });
        expect(whole).toMatchObject({ response: expect.stringMatching(/\w/), done: true });
        expect(lines.map(({ done }) => done)).toEqual([...lines.slice(1).map(() => false), true]);
      },
      2 * minutes,
    );

    it('get the health without a token', async () => {
      expect(JSON.parse(await shell(`curl -s ${server.url}/api/llm/status`))).toEqual({
        status: 'healthy',
        ollama_connected: ollamaUrls.length > 0,
        models_available: expect.any(Number),
      });
    });
  });

  describe("OpenAI's client", () => {
    const model = 'llama3.2';
    let openai: OpenAI;
    beforeAll(() => {
      openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: token, maxRetries: 0 });
    });

    it(
      'gets a streamed answer and its usage',
      async () => {
        const stream = openai.chat.completions.stream({
          model,
          messages: [{ role: 'user', content: 'What is 2+2?' }],
          temperature: 0,
          stream_options: { include_usage: true },
        });
        expect(await stream.finalContent()).toContain('4');
        expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(1);
      },
      2 * minutes,
    );

    it(
      'gets an answer that matches a schema',
      async () => {
        const schema = {
          type: 'object',
          properties: { city: { enum: ['Paris', 'Rome'] }, sure: { type: 'boolean' } },
          required: ['city', 'sure'],
          additionalProperties: false,
        };
        const { choices } = await openai.chat.completions.create({
          model,
          messages: [{ role: 'user', content: 'What is the capital of France? Answer as JSON.' }],
          response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
          seed: 1,
        });
        expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({
          city: expect.stringMatching(/^(Paris|Rome)$/),
          sure: expect.any(Boolean),
        });
      },
      2 * minutes,
    );

    it(
      'gets at most the requested tokens, and the finish reason',
      async () => {
        const { choices, usage } = await openai.chat.completions.create({
          model,
          messages: [{ role: 'user', content: 'Tell me a long story.' }],
          max_tokens: 5,
        });
        expect(choices[0]?.finish_reason).toBe('length');
        expect(usage?.completion_tokens).toBe(5);
      },
      2 * minutes,
    );
  });

  describeWithPython(python, "Python's clients", (run) => {
    it(
      'requests gets an answer',
      async () => {
        const program = `
import requests, sys
url, token = sys.argv[1:]
response = requests.post(
    f"{url}/api/llm/generate",
    headers={"Authorization": f"Bearer {token}"},
    json={"model": "llama3.2", "prompt": "What is 2+2?", "stream": False, "options": {"temperature": 0}},
)
response.raise_for_status()
print(response.json()["response"])
`;
        expect(await run(program, server.url, token)).toContain('4');
      },
      2 * minutes,
    );

    it(
      'openai gets the output of the documentation',
      async () => {
        const [program] = await examplesOf('python', server.url);
        const signedIn = `import os; os.environ["TOKEN"] = "${token}"`;
        expect(await run(`${signedIn}\n${program}`)).toMatch(/\w/);
      },
      2 * minutes,
    );

    it(
      'openai gets an answer, a stream and its options',
      async () => {
        const program = `
import json, openai, sys
url, token = sys.argv[1:]
client = openai.OpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0)

def ask(prompt, **options):
    messages = [{"role": "user", "content": prompt}]
    return client.chat.completions.create(model="llama3.2", messages=messages, **options)

def text(completion):
    return completion.choices[0].message.content

said = {"answer": text(ask("What is 2+2?", temperature=0))}
stream = list(ask("What is 2+2?", temperature=0, stream=True, stream_options={"include_usage": True}))
said["streamed"] = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
said["used"] = stream[-1].usage.completion_tokens
short = ask("Tell me a story.", max_completion_tokens=6)
said["short"] = [short.choices[0].finish_reason, short.usage.completion_tokens]
said["stopped"] = text(ask("Repeat: one two three", temperature=0, stop=["o", "O"], max_completion_tokens=10))
said["object"] = json.loads(text(ask('Repeat: {"city": "Paris"}', response_format={"type": "json_object"}, temperature=0)))
schema = {"type": "object", "properties": {"even": {"type": "boolean"}}, "required": ["even"], "additionalProperties": False}
response_format = {"type": "json_schema", "json_schema": {"name": "sum", "schema": schema}}
said["schema"] = json.loads(text(ask("Is 4 even?", response_format=response_format)))
said["models"] = [model.id for model in client.models.list()]
said["model"] = client.models.retrieve("llama3.2").id
print(json.dumps(said))
`;
        const said = JSON.parse(await run(program, server.url, token));
        expect(said).toMatchObject({
          answer: expect.stringContaining('4'),
          streamed: expect.stringContaining('4'),
          used: expect.any(Number),
          short: ['length', 6],
          stopped: expect.not.stringMatching(/o/i),
          object: expect.any(Object),
          schema: { even: expect.any(Boolean) },
        });
        expect(said.models).toContain(said.model);
      },
      3 * minutes,
    );
  });
});
