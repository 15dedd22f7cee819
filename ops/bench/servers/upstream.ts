import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { formatToken, nowUs } from '../load/sequence.ts';
import { announce } from './announce.ts';
import { parseScript } from './script.ts';

/**
 * The upstream of the benchmarks, in a process of its own: speaks Ollama's protocol. The prompt of a chat sets the number
 * of tokens and their rate. Each token contains its number and the time it was sent at.
 */
const model = {
  name: 'bench:latest',
  model: 'bench:latest',
  digest: 'bench',
  size: 1000,
  modified_at: '2026-01-01T00:00:00Z',
  details: { family: 'llama', parameter_size: '1B', quantization_level: 'Q4_0' },
};

const metadata: Readonly<Record<string, object>> = {
  '/api/version': { version: '0.17.4' },
  '/api/tags': { models: [model] },
  '/api/ps': { models: [model] },
  '/api/show': {
    template: '{{ .Prompt }}',
    parameters: '',
    model_info: { 'llama.context_length': 131_072 },
    capabilities: ['completion'],
  },
};

const lineOf = (content: string) =>
  `{"model":"bench:latest","created_at":"2026-01-01T00:00:00.000000Z","message":{"role":"assistant","content":${JSON.stringify(content)}},"done":false}\n`;

const lastLine = (tokens: number) =>
  `${JSON.stringify({
    model: 'bench:latest',
    created_at: '2026-01-01T00:00:00.000000Z',
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    total_duration: 4_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: 7,
    prompt_eval_duration: 1_000_000,
    eval_count: tokens,
    eval_duration: 2_000_000,
  })}\n`;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
};

interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const chat = async (body: ChatBody, response: ServerResponse): Promise<void> => {
  const prompt = body.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const { tokens, rate, fault } = parseScript(prompt);
  const order = Array.from({ length: tokens }, (_, index) => index);
  if (fault === 'lost') order.splice(1, 1);
  if (fault === 'doubled') order.splice(1, 0, 0);
  if (fault === 'misordered') order.splice(0, 2, 1, 0);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (index: number) => response.write(lineOf(formatToken({ index, sentAtUs: nowUs() })));
  const finish = () => response.end(lastLine(tokens));
  if (rate === 0) {
    for (const index of order) {
      if (!send(index)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      if (response.destroyed) return;
    }
    finish();
    return;
  }
  let sent = 0;
  const timer = setInterval(() => {
    const index = order[sent];
    sent += 1;
    if (index !== undefined) send(index);
    if (sent < order.length) return;
    clearInterval(timer);
    finish();
  }, 1000 / rate);
  response.once('close', () => clearInterval(timer));
};

/** The service runs at most 64 answers at once at each Ollama. */
const [ports = '1'] = process.argv.slice(2);

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const known = metadata[request.url ?? ''];
  if (known) {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(known));
    return;
  }
  bodyOf(request)
    .then((body) => chat(JSON.parse(body) as ChatBody, response))
    .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
};
await announce(Array.from({ length: Number(ports) }, () => createServer(answer)));
