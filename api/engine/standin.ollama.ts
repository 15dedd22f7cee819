import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type PullScript, performPull } from './standinPull.ollama.ts';

/** How a chat goes wrong. `after` is how many tokens come before. */
export type StandinFault =
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'error line'; readonly after: number; readonly message: string }
  | { readonly kind: 'broken line'; readonly after: number }
  | { readonly kind: 'no done'; readonly after: number }
  | { readonly kind: 'reset'; readonly after: number }
  | { readonly kind: 'silence'; readonly after: number };

export interface StandinScript {
  /** What it answers, token by token. */
  readonly tokens?: readonly string[];
  /** What it thinks before. */
  readonly thinking?: readonly string[];
  /** 0: as fast as it can. */
  readonly tokensPerSecond?: number;
  /** Splits what it sends into writes of so many bytes. */
  readonly bytesPerWrite?: number;
  readonly fault?: StandinFault;
  readonly models?: readonly string[];
  readonly version?: string;
  /** What a chat does, by its body; the rest of this script holds where it says nothing. */
  readonly chat?: (body: Readonly<Record<string, unknown>>) => StandinScript;
  /** What models can do. Default `completion`. */
  readonly capabilities?: readonly string[];
  /** What it asks for after its tokens. */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: object }[];
  /** The chat template that models have. */
  readonly template?: string;
  readonly pull?: PullScript;
}

/** A stand-in for Ollama, for what a real one can't be made to do: faults, an exact speed, exact pieces. */
export interface OllamaStandin {
  readonly url: string;
  /** Bodies of the chats asked for, oldest first. */
  readonly chats: readonly Readonly<Record<string, unknown>>[];
  /** Chats under way. */
  readonly running: number;
  /** TCP connections made to it so far. */
  readonly connections: number;
  /** Resolves when a client leaves a chat under way. */
  left(): Promise<void>;
  /** What the next chats do. */
  play(script: StandinScript): void;
  close(): Promise<void>;
}

const continuingTemplate =
  '{{ range $i, $_ := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}{{ .Content }}{{ if and (ne .Role "assistant") $last }}:{{ end }}{{ end }}';

/** `port` 0 is any that is free. */
export async function startOllamaStandin(first: StandinScript = {}, port = 0): Promise<OllamaStandin> {
  let script = first;
  let running = 0;
  let connections = 0;
  const chats: Record<string, unknown>[] = [];
  const pulled = new Set<string>();
  const deleted = new Set<string>();
  let leaving = Promise.withResolvers<void>();

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  server.on('connection', () => {
    connections += 1;
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const models = [...new Set([...(script.models ?? ['stand-in:latest']), ...pulled])].filter(
      (name) => !deleted.has(name),
    );
    const listed = models.map((name) => ({
      name,
      model: name,
      digest: `digest of ${name} ${script.template ?? ''} ${script.capabilities ?? ''}`,
      size: 1_000,
      modified_at: '2026-01-01T00:00:00Z',
      details: { family: 'llama', parameter_size: '1B', quantization_level: 'Q4_0' },
    }));
    switch (request.url) {
      case '/api/version':
        return json(response, 200, { version: script.version ?? '0.17.4' });
      case '/api/tags':
        return json(response, 200, { models: listed });
      case '/api/ps':
        return json(response, 200, { models: listed.slice(0, 1) });
      case '/api/show':
        return json(response, 200, {
          template: script.template ?? continuingTemplate,
          parameters: '',
          model_info: { 'llama.context_length': 2_048 },
          capabilities: script.capabilities ?? ['completion'],
        });
      case '/api/pull': {
        const name = nameIn(await bodyOf(request));
        const isDone = await performPull(script.pull ?? {}, name, response);
        if (isDone) {
          deleted.delete(name);
          pulled.add(name);
        }
        return;
      }
      case '/api/delete': {
        const name = nameIn(await bodyOf(request));
        if (!models.includes(name)) return json(response, 404, { error: `model '${name}' not found` });
        pulled.delete(name);
        deleted.add(name);
        return json(response, 200, {});
      }
      case '/api/chat':
        return chat(await bodyOf(request), response);
      default:
        return json(response, 404, { error: 'not found' });
    }
  }

  async function chat(body: Record<string, unknown>, response: ServerResponse): Promise<void> {
    chats.push(body);
    running += 1;
    const gone = new AbortController();
    response.on('close', () => {
      running -= 1;
      if (!response.writableFinished) {
        gone.abort();
        leaving.resolve();
        leaving = Promise.withResolvers();
      }
    });
    await perform({ ...script, ...script.chat?.(body) }, String(body.model), response, gone.signal);
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound.port}`,
    chats,
    get running() {
      return running;
    },
    get connections() {
      return connections;
    },
    left: () => leaving.promise,
    play(next) {
      script = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function perform(
  script: StandinScript,
  model: string,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { tokens = ['Hello', ' there', '.'], thinking = [], tokensPerSecond = 0, fault } = script;
  if (fault?.kind === 'status') return json(response, fault.status, fault.body);
  if (fault?.kind === 'redirect') {
    response.writeHead(307, { location: fault.to }).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (line: object) =>
    write(response, `${JSON.stringify({ model, ...line })}\n`, script.bytesPerWrite);
  for (const thought of thinking) {
    await send({ message: { role: 'assistant', content: '', thinking: thought }, done: false });
  }
  for (const [index, content] of tokens.entries()) {
    if (tokensPerSecond > 0) await wait(1_000 / tokensPerSecond, undefined, { signal: gone });
    if (fault !== undefined && index === fault.after) return fail(fault, response, gone);
    await send({ message: { role: 'assistant', content }, done: false });
  }
  if (fault !== undefined) return fail(fault, response, gone);
  if (script.toolCalls) {
    const calls = script.toolCalls.map((call, index) => ({ function: { index, ...call } }));
    await send({ message: { role: 'assistant', content: '', tool_calls: calls }, done: false });
  }
  const counts = { prompt_eval_count: 7, eval_count: tokens.length };
  const durations = {
    total_duration: 4e6,
    load_duration: 1e6,
    prompt_eval_duration: 1e6,
    eval_duration: 2e6,
  };
  await send({
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    ...counts,
    ...durations,
  });
  response.end();
}

async function fail(
  fault: Exclude<StandinFault, { kind: 'status' | 'redirect' }>,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  switch (fault.kind) {
    case 'error line':
      response.end(`${JSON.stringify({ error: fault.message })}\n`);
      return;
    case 'broken line':
      response.end('{"message":{"content":"half\n');
      return;
    case 'no done':
      response.end();
      return;
    case 'reset':
      response.destroy();
      return;
    case 'silence':
      response.flushHeaders();
      if (!gone.aborted) await once(gone, 'abort');
  }
}

async function write(response: ServerResponse, text: string, bytesPerWrite?: number): Promise<void> {
  const bytes = Buffer.from(text);
  const size = bytesPerWrite ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    // Each write goes out by itself.
    if (bytesPerWrite !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
}

function json(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString());
}

/** The npm client still says `name`. */
const nameIn = ({ model, name }: Record<string, unknown>): string => String(model ?? name);
