import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

type Body = Readonly<Record<string, unknown>>;

export interface OpenAIStandinScript {
  /** The deltas of the answer, in vLLM's shapes. */
  readonly deltas?: readonly Readonly<Record<string, unknown>>[];
  readonly finish?: string;
  readonly hasNoUsage?: boolean;
  /** The pause before each delta, in ms. */
  readonly pauseMs?: number;
  /** Answers with this status and body instead. */
  readonly status?: { readonly status: number; readonly body: object | string };
  /** After the deltas: an error event, an end without `[DONE]`, a broken connection, or silence. */
  readonly fault?: 'error event' | 'broken event' | 'no done' | 'reset' | 'silence';
  /** The entries of the list of models. */
  readonly models?: readonly object[];
  /** Rejects `json_schema`, like the server of llama-cpp-python. */
  readonly rejectsSchema?: boolean;
}

/** A fake OpenAI-compatible server with the shapes of vLLM, for faults and requests that a real one can't show. */
export interface OpenAIStandin {
  /** The address of its API, with `/v1`. */
  readonly url: string;
  /** The bodies of the requested chats and embeddings, oldest first. */
  readonly requests: readonly Body[];
  readonly authorizations: readonly (string | undefined)[];
  /** Resolves when a client disconnects during a chat. */
  left(): Promise<void>;
  play(script: OpenAIStandinScript): void;
  close(): Promise<void>;
}

export const vllmModel = {
  id: 'served',
  object: 'model',
  created: 1_795_000_000,
  owned_by: 'vllm',
  root: 'HuggingFaceTB/SmolLM2-135M-Instruct',
  parent: null,
  max_model_len: 2_048,
};

const words = ['Hello', ' there', '.'].map((content) => ({ content }));

export async function startOpenAIStandin(first: OpenAIStandinScript = {}): Promise<OpenAIStandin> {
  let script = first;
  const requests: Body[] = [];
  const authorizations: (string | undefined)[] = [];
  let leaving = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    authorizations.push(request.headers.authorization);
    const { status, models = [vllmModel] } = script;
    if (request.url === '/v1/models') {
      return status?.status === 401
        ? json(response, 401, status.body)
        : json(response, 200, { object: 'list', data: models });
    }
    const body = await bodyOf(request);
    requests.push(body);
    if (status) return json(response, status.status, status.body);
    if (request.url === '/v1/embeddings') return embed(body, response);
    if (request.url !== '/v1/chat/completions') return json(response, 404, { detail: 'Not Found' });
    const { type } = Object(body.response_format);
    if (script.rejectsSchema && type === 'json_schema') {
      const detail = [
        { loc: ['body', 'response_format', 'type'], msg: "Input should be 'text' or 'json_object'" },
      ];
      return json(response, 422, {
        error: { message: JSON.stringify(detail), type: 'invalid_request_error' },
      });
    }
    return chat(String(body.model), response);
  }

  async function chat(model: string, response: ServerResponse): Promise<void> {
    const { deltas = words, finish = 'stop', hasNoUsage, pauseMs = 0, fault } = script;
    const disconnected = new AbortController();
    response.on('close', () => {
      if (response.writableFinished) return;
      disconnected.abort();
      leaving.resolve();
      leaving = Promise.withResolvers();
    });
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const send = (event: object) =>
      response.write(`data: ${JSON.stringify({ id: 'chatcmpl-1', model, ...event })}\n\n`);
    const choice = (delta: object, reason: string | null = null) =>
      send({ choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }], usage: null });
    choice({ role: 'assistant', content: '' });
    for (const delta of deltas) {
      if (pauseMs > 0) await wait(pauseMs, undefined, { signal: disconnected.signal });
      choice(delta);
    }
    switch (fault) {
      case 'error event':
        send({
          error: { message: 'EngineCore encountered an issue', type: 'InternalServerError', code: 500 },
        });
        response.end('data: [DONE]\n\n');
        return;
      case 'broken event':
        response.end('data: {"half\n\n');
        return;
      case 'no done':
        response.end();
        return;
      case 'reset':
        response.destroy();
        return;
      case 'silence':
        response.flushHeaders();
        if (!disconnected.signal.aborted) await once(disconnected.signal, 'abort');
        return;
    }
    choice({ content: '' }, finish);
    if (!hasNoUsage) {
      send({ choices: [], usage: { prompt_tokens: 31, total_tokens: 34, completion_tokens: deltas.length } });
    }
    response.end('data: [DONE]\n\n');
  }

  function embed({ input }: Body, response: ServerResponse): void {
    const texts = [input].flat().map(String);
    const data = texts.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: [3, 4, text.length, 0],
    }));
    // Out of order, as the protocol allows.
    json(response, 200, {
      object: 'list',
      data: data.toReversed(),
      usage: { prompt_tokens: 9, total_tokens: 9 },
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    authorizations,
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

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
}

function json(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}
