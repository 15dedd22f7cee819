import { join } from 'node:path';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { freePort } from './harness/redis.ts';
import { describeWithPrograms, missingPrograms } from './harness/shell.ts';
import { counted, type StandinProcess, startStandin } from './harness/standin.ts';
import { startWebProxy, type WebProxy } from './harness/webProxy.ts';

/** How long the streams wait in the queue, in seconds. `QUEUED_S=600` is the long run. */
const queuedS = Number(process.env.QUEUED_S ?? 40);
/** The maximum time without a byte, in seconds. nginx closes connections that are silent for 60 s. */
const maxSilenceS = 15;
const timeoutMs = (queuedS + 120) * 1000;
const missing = await missingPrograms('nginx', 'openssl');
const prompt = 'Count to 4';
const messages = [{ role: 'user', content: prompt }];

interface Read {
  readonly status: number;
  readonly text: string;
  /** The time until the headers arrived, and the longest time without a byte, in seconds. */
  readonly headersS: number;
  readonly silenceS: number;
}

describeWithPrograms(missing, 'streams that wait in the queue behind nginx', () => {
  let folder: string;
  let standin: StandinProcess;
  let server: ServerProcess;
  let proxy: WebProxy;
  let client: Client;

  beforeAll(async () => {
    folder = await makeFolder();
    standin = await startStandin(1);
    const port = await freePort();
    server = await startServer({
      dataDir: join(folder, 'data'),
      env: {
        OLLAMA_URL: standin.url,
        OLLAMA_NUM_PARALLEL: '1',
        PUBLIC_URL: `http://localhost:${port}`,
        TRUST_PROXY: 'loopback',
        QUEUE_TTL_S: String(queuedS + 120),
        RUNNING_LIMIT: 'off',
        RATE_LIMIT: 'off',
      },
    });
    const name = 'nginx smallest';
    proxy = await startWebProxy({ folder: join(folder, 'nginx'), name, upstream: server.url, port });
    client = await signIn(server.url, 'admin', adminPassword);
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await proxy?.stop();
    await server?.stop();
    await standin?.kill();
    await removeFolder(folder);
  }, 60_000);

  const read = async (path: string, body: object, accept = '*/*'): Promise<Read> => {
    const startedAt = performance.now();
    let lastAt = startedAt;
    const secondsSince = (at: number) => (performance.now() - at) / 1000;
    const response = await fetch(proxy.url + path, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${client.token}`,
        'Content-Type': 'application/json',
        Accept: accept,
      },
      body: JSON.stringify(body),
    });
    const headersS = secondsSince(startedAt);
    let [text, silenceS] = ['', headersS];
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      silenceS = Math.max(silenceS, secondsSince(lastAt));
      lastAt = performance.now();
      text += chunk;
    }
    return { status: response.status, text, headersS, silenceS };
  };

  const watched = async (): Promise<Read> => {
    const mutation = `mutation { generate(input: { prompt: "${prompt}" }) { generation { id } } }`;
    const { generate } = await client.data<{ generate: { generation: { id: string } } }>(mutation);
    const query = 'subscription ($id: ID!) { generation(id: $id) { delta status } }';
    return read('/graphql', { query, variables: { id: generate.generation.id } }, 'text/event-stream');
  };

  it(
    `get bytes at least every ${maxSilenceS} s, and their answers after ${queuedS} s`,
    async () => {
      const model = 'stand-in';
      const first = read('/api/chat', {
        model,
        messages: [{ role: 'user', content: `Count to ${queuedS}` }],
      });
      await standin.hasBegun(`Count to ${queuedS}`);
      const answers = await Promise.all([
        read('/v1/chat/completions', { model, messages, stream: true }),
        read('/v1/completions', { model, prompt, stream: true }),
        read('/v1/responses', { model, input: prompt, stream: true }),
        read('/v1/messages', { model, messages, max_tokens: 100, stream: true }),
        read('/api/chat', { model, messages }),
        read('/api/llm/generate', { model, prompt, stream: true }),
        watched(),
      ]);
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('"3 "') });
        expect(answer.headersS).toBeLessThan(5);
        expect(answer.silenceS).toBeLessThan(maxSilenceS);
      }
      const figures = answers.map(({ silenceS }) => silenceS.toFixed(1)).join(', ');
      process.stderr.write(`longest silence of each stream while queued: ${figures} s\n`);
      const { text } = await first;
      expect(text).toContain(`"${counted(queuedS).trim().split(' ').at(-1)} "`);
    },
    timeoutMs,
  );
});
