import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { PullScript } from './standinPull.ollama.ts';

/** A fault of a chat. `after` is the number of tokens before it. */
export type StandinFault =
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'error line'; readonly after: number; readonly message: string }
  | { readonly kind: 'broken line'; readonly after: number }
  | { readonly kind: 'no done'; readonly after: number }
  | { readonly kind: 'reset'; readonly after: number }
  | { readonly kind: 'silence'; readonly after: number };

export interface StandinScript {
  /** The tokens of the answer. */
  readonly tokens?: readonly string[];
  /** The tokens of the thinking before it. */
  readonly thinking?: readonly string[];
  /** 0: unlimited. */
  readonly tokensPerSecond?: number;
  /** Splits the output into writes of this size. */
  readonly bytesPerWrite?: number;
  readonly fault?: StandinFault;
  readonly models?: readonly string[];
  readonly version?: string;
  /** Returns a script for a chat by its body. It overrides this one. */
  readonly chat?: (body: Readonly<Record<string, unknown>>) => StandinScript;
  /** The capabilities of all models. Default `completion`. */
  readonly capabilities?: readonly string[];
  /** The tool calls after the tokens. */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: object }[];
  /** The chat template of all models. */
  readonly template?: string;
  readonly pull?: PullScript;
  /** The trained context of all models, in tokens. Default 2,048. */
  readonly contextLength?: number;
  /** The models that are loaded. Default: the first one. */
  readonly loaded?: readonly string[];
  /** How long a model takes to load, in ms, if it isn't loaded. It starts again when the client leaves. */
  readonly loadMs?: number;
  /** How long the embeddings of a request take, in ms. */
  readonly embedMs?: number;
  /** Whether the last line has no counts of tokens. */
  readonly hasNoCounts?: boolean;
  /** Whether it ignores `logprobs`, as releases before 0.12 do. */
  readonly hasNoLogprobs?: boolean;
  /** The context, with one token per character: a longer prompt is rejected. */
  readonly contextCharacters?: number;
}

/** Answers a chat by the script. Rejects when `disconnected` aborts. */
export async function performChat(
  script: StandinScript,
  model: string,
  response: ServerResponse,
  disconnected: AbortSignal,
  asked: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { tokens = ['Hello', ' there', '.'], thinking = [], tokensPerSecond = 0, fault } = script;
  const isChat = 'messages' in asked;
  const answer = (content: string) =>
    isChat ? { message: { role: 'assistant', content } } : { response: content };
  const logprobs = (token: string) =>
    asked.logprobs === true && !script.hasNoLogprobs
      ? { logprobs: [likely(token, Number(asked.top_logprobs ?? 0))] }
      : {};
  if (fault?.kind === 'status') return json(response, fault.status, fault.body);
  if (fault?.kind === 'redirect') {
    response.writeHead(307, { location: fault.to }).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const isStreamed = asked.stream !== false;
  const send = async (line: Readonly<Record<string, unknown>> & { readonly done: boolean }) => {
    if (!isStreamed && !line.done) return;
    await write(response, `${JSON.stringify({ model, ...line })}\n`, script.bytesPerWrite);
  };
  for (const thought of thinking) {
    await send({ message: { role: 'assistant', content: '', thinking: thought }, done: false });
  }
  for (const [index, content] of tokens.entries()) {
    if (tokensPerSecond > 0) await wait(1_000 / tokensPerSecond, undefined, { signal: disconnected });
    if (fault !== undefined && index === fault.after) return fail(fault, response, disconnected);
    await send({ ...answer(content), done: false, ...logprobs(content) });
  }
  if (fault !== undefined) return fail(fault, response, disconnected);
  if (script.toolCalls) {
    const calls = script.toolCalls.map((call, index) => ({ function: { index, ...call } }));
    await send({ message: { role: 'assistant', content: '', tool_calls: calls }, done: false });
  }
  const counts = script.hasNoCounts ? {} : { prompt_eval_count: 7, eval_count: tokens.length };
  const durations = {
    total_duration: 4e6,
    load_duration: 1e6,
    prompt_eval_duration: 1e6,
    eval_duration: 2e6,
  };
  await send({
    ...answer(isStreamed ? '' : tokens.join('')),
    done: true,
    done_reason: 'stop',
    ...counts,
    ...durations,
  });
  response.end();
}

/** A token with a made-up probability and alternatives. */
function likely(token: string, top: number): object {
  const one = (text: string) => ({ token: text, logprob: -0.5, bytes: [...Buffer.from(text)] });
  const others = Array.from({ length: top }, (_, index) => one(index === 0 ? token : `${token}${index}`));
  return { ...one(token), ...(top > 0 && { top_logprobs: others }) };
}

async function fail(
  fault: Exclude<StandinFault, { kind: 'status' | 'redirect' }>,
  response: ServerResponse,
  disconnected: AbortSignal,
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
      if (!disconnected.aborted) await once(disconnected, 'abort');
  }
}

async function write(response: ServerResponse, text: string, bytesPerWrite?: number): Promise<void> {
  const bytes = Buffer.from(text);
  const size = bytesPerWrite ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    // Otherwise Node joins the writes.
    if (bytesPerWrite !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
}

export function json(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}
