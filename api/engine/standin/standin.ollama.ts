import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, performChat, type StandinScript } from './standinChat.ollama.ts';
import { performEmbed } from './standinEmbed.ollama.ts';
import { performPull } from './standinPull.ollama.ts';

/** A fake Ollama for tests, which can do what a real one can't be made to: faults, an exact speed, exact chunks. */
export interface OllamaStandin {
  readonly url: string;
  /** The bodies of the requested chats and completions, oldest first. */
  readonly chats: readonly Readonly<Record<string, unknown>>[];
  /** The texts of the requests for embeddings, oldest first. */
  readonly embedded: readonly string[];
  /** The models whose loads began, oldest first. */
  readonly loads: readonly string[];
  /** The models whose loads ended. */
  readonly loaded: ReadonlySet<string>;
  /** The number of running chats. */
  readonly running: number;
  /** The number of TCP connections so far. */
  readonly connections: number;
  /** Resolves when a client disconnects during a chat. */
  left(): Promise<void>;
  /** Sets the behaviour of the next requests. */
  play(script: StandinScript): void;
  close(): Promise<void>;
}

const continuingTemplate =
  '{{ range $i, $_ := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}{{ .Content }}{{ if and (ne .Role "assistant") $last }}:{{ end }}{{ end }}';

/** Starts a stand-in. `port` 0 means any free port. */
export async function startOllamaStandin(first: StandinScript = {}, port = 0): Promise<OllamaStandin> {
  let script = first;
  let running = 0;
  let connections = 0;
  const chats: Record<string, unknown>[] = [];
  const embedded: string[] = [];
  const pulled = new Set<string>();
  const deleted = new Set<string>();
  const loaded = new Set<string>();
  const loads: string[] = [];
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
      digest: `digest of ${name} ${script.template ?? ''} ${script.capabilities ?? ''} ${script.contextLength ?? ''}`,
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
        return json(response, 200, {
          models: script.loaded
            ? listed.filter(({ name }) => loaded.has(name) || script.loaded?.includes(name))
            : listed.slice(0, 1),
        });
      case '/api/show':
        return json(response, 200, {
          template: script.template ?? continuingTemplate,
          parameters: '',
          model_info: { 'llama.context_length': script.contextLength ?? 2_048 },
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
      case '/api/generate': {
        const body = await bodyOf(request);
        if (body.prompt) return chat(body, response);
        const name = nameIn(body);
        if (await load(name, response)) json(response, 200, { model: name, done: true, done_reason: 'load' });
        return;
      }
      case '/api/embed':
      case '/api/embeddings': {
        const body = await bodyOf(request);
        embedded.push(...[body.input ?? body.prompt].flat().map(String));
        return performEmbed(script, body, response);
      }
      case '/api/chat':
        return chat(await bodyOf(request), response);
      default:
        return json(response, 404, { error: 'not found' });
    }
  }

  /** Loads a model, unless it is loaded. Resolves to false if the client leaves before. */
  async function load(name: string, response: ServerResponse): Promise<boolean> {
    if (!script.loadMs || loaded.has(name) || script.loaded?.includes(name)) return true;
    loads.push(name);
    const left = new AbortController();
    response.once('close', () => left.abort());
    try {
      await sleep(script.loadMs, undefined, { signal: left.signal });
    } catch {
      return false;
    }
    loaded.add(name);
    return true;
  }

  async function chat(body: Record<string, unknown>, response: ServerResponse): Promise<void> {
    chats.push(body);
    running += 1;
    const disconnected = new AbortController();
    response.on('close', () => {
      running -= 1;
      if (!response.writableFinished) {
        disconnected.abort();
        leaving.resolve();
        leaving = Promise.withResolvers();
      }
    });
    const played = { ...script, ...script.chat?.(body) };
    const { contextCharacters: limit = Number.POSITIVE_INFINITY } = played;
    const messages = Array.isArray(body.messages) ? body.messages : [];
    const length = messages.reduce((sum: number, { content }) => sum + String(content).length, 0);
    if (length > limit) return json(response, 400, { error: 'the input length exceeds the context length' });
    if (!(await load(String(body.model), response))) return;
    await performChat(played, String(body.model), response, disconnected.signal, body);
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound.port}`,
    chats,
    embedded,
    loads,
    loaded,
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

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** The npm client still sends `name`. */
const nameIn = ({ model, name }: Record<string, unknown>): string => String(model ?? name);
