import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as openHttp } from 'node:http';
import { Agent as HttpsAgent, request as openHttps } from 'node:https';
import { engineFailed } from '../../errors/failures.ts';
import { systemCode } from '../../errors/systemErrors.ts';
import type { AcceptChunk, EngineChunk } from '../engine.ts';
import type { Source } from '../stream.ts';
import { ChatReader } from './chat.ollama.ts';
import { OllamaError } from './failure.ollama.ts';
import { errorTextOf, type OllamaAddress, redirectFailure } from './http.ollama.ts';
import { checkLine, maxLineLength, truncatedAnswer } from './lines.ollama.ts';

/** Chunks that are buffered for a slow reader before the connection is paused. */
const maxBufferedChunks = 64;
/** Maximum characters of the body of an error. */
const maxErrorBody = 1 << 20;
/** The errors of a request on a connection that the server has closed. */
const staleCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
/** How long a response may take to end after its last line, in ms. Then its connection is closed. */
const endMs = 1000;

/** The connections to one Ollama, which answers use one after another. */
export interface ChatConnections {
  readonly agent: HttpAgent | HttpsAgent;
  close(): void;
}

export function createChatConnections({ host }: OllamaAddress): ChatConnections {
  const options = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  const agent = host.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  return { agent, close: () => agent.destroy() };
}

export interface ChatStreamOptions {
  readonly address: OllamaAddress;
  readonly connections: ChatConnections;
  readonly path: string;
  /** The JSON of the request. */
  readonly body: string;
  readonly signal: AbortSignal;
  /** How long Ollama may send nothing while the reader waits, in ms: before the first chunk, and afterwards. */
  readonly firstMs: number;
  readonly laterMs: number;
  /** Creates the failure of a timeout of `ms`. */
  readonly onTimeout: (hasBegun: boolean, ms: number) => Error;
  /** See the port. */
  readonly accept: AcceptChunk;
}

type Result = IteratorResult<EngineChunk, undefined>;

const done: Result = { done: true, value: undefined };

/**
 * The answer to one chat request, read from the connection line by line. Rejects with the reason of the signal, with an
 * `OllamaError` for what Ollama reports, and with the error of the connection; chunks that arrived before are read first,
 * except after an abort.
 */
export class ChatStream implements Source<EngineChunk> {
  readonly #options: ChatStreamOptions;
  readonly #reader = new ChatReader();
  readonly #chunks: EngineChunk[] = [];
  #read = 0;
  #request: ClientRequest;
  #response: IncomingMessage | null = null;
  #waiter: PromiseWithResolvers<Result> | null = null;
  #timer: NodeJS.Timeout;
  #rest = '';
  /** Whether the last line has arrived. */
  #isComplete = false;
  #hasEnded = false;
  #hasBegun = false;
  #failure: { readonly error: unknown } | null = null;
  #onEnd: () => void = () => {};

  constructor(options: ChatStreamOptions) {
    this.#options = options;
    this.#request = this.#open(true);
    this.#timer = this.#startTimer(options.firstMs);
    options.signal.addEventListener('abort', this.#abort, { once: true });
    if (options.signal.aborted) this.#abort();
  }

  /** Whether a chunk has arrived. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  next(): Promise<Result> {
    const chunk = this.#chunks[this.#read];
    if (chunk !== undefined) {
      this.#read += 1;
      if (this.#read === this.#chunks.length) {
        this.#chunks.length = 0;
        this.#read = 0;
        if (this.#response?.isPaused()) this.#response.resume();
      }
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (this.#hasEnded) return Promise.resolve(done);
    // One timer per stream instead of one per chunk.
    this.#timer.refresh();
    this.#waiter = Promise.withResolvers<Result>();
    return this.#waiter.promise;
  }

  /**
   * Closes the stream. Before its last line this aborts the request, so that Ollama stops computing; afterwards it waits
   * until the response has ended, so that its connection can be used again.
   */
  async close(): Promise<void> {
    if (this.#isComplete && !this.#hasEnded && this.#failure === null) {
      this.#chunks.length = 0;
      this.#read = 0;
      this.#response?.resume();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, endMs);
        this.#onEnd = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#chunks.length = 0;
    this.#read = 0;
    this.#end();
  }

  #open(mayRetry: boolean): ClientRequest {
    const { address, connections, path, body } = this.#options;
    const open = address.host.startsWith('https:') ? openHttps : openHttp;
    const request = open(`${address.host}${path}`, {
      method: 'POST',
      agent: connections.agent,
      headers: {
        ...address.headers,
        accept: 'application/x-ndjson',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    request.on('response', (response) => this.#receive(response));
    request.on('error', (error) => {
      // The server may close an idle connection at the moment at which it is used again.
      const isStale =
        request.reusedSocket && this.#response === null && staleCodes.has(systemCode(error) ?? '');
      const isOpen = this.#failure === null && !this.#hasEnded;
      if (isStale && isOpen && mayRetry) this.#request = this.#open(false);
      else this.#fail(error);
    });
    request.setNoDelay(true);
    request.end(body);
    return request;
  }

  #receive(response: IncomingMessage): void {
    this.#response = response;
    const { statusCode = 0 } = response;
    response.setEncoding('utf8');
    response.on('error', (error) => this.#fail(error));
    if (statusCode >= 300 && statusCode < 400) {
      this.#fail(redirectFailure(this.#options.address.host));
    } else if (statusCode !== 200) {
      let text = '';
      const report = () => this.#fail(new OllamaError(statusCode, errorTextOf(text)));
      response.on('data', (data: string) => {
        text += data;
        if (text.length > maxErrorBody) report();
      });
      response.on('end', report);
    } else {
      response.on('data', (data: string) => this.#readLines(data));
      response.on('end', () => {
        if (this.#rest.trim() !== '') this.#readLine(this.#rest);
        this.#rest = '';
        if (this.#isComplete) this.#end();
        else this.#fail(truncatedAnswer());
      });
    }
  }

  #readLines(data: string): void {
    let from = 0;
    for (;;) {
      const to = data.indexOf('\n', from);
      if (to < 0) break;
      const line = this.#rest + data.slice(from, to);
      this.#rest = '';
      from = to + 1;
      if (line.length > 0) this.#readLine(line);
      if (this.#failure) return;
    }
    this.#rest += from === 0 ? data : data.slice(from);
    if (this.#rest.length > maxLineLength) {
      this.#fail(engineFailed('Ollama sent a line that is too long.'));
      return;
    }
    this.#deliver();
    if (this.#chunks.length - this.#read > maxBufferedChunks) this.#response?.pause();
  }

  #readLine(line: string): void {
    if (this.#failure || line.trim() === '') return;
    const checked = checkLine(line);
    if (checked instanceof Error) {
      this.#fail(checked);
      return;
    }
    this.#reader.read(checked, this.#chunks);
    if (!this.#hasBegun && this.#chunks.length > 0) this.#begin();
    this.#isComplete = 'done' in checked && checked.done === true;
  }

  #begin(): void {
    this.#hasBegun = true;
    clearTimeout(this.#timer);
    this.#timer = this.#startTimer(this.#options.laterMs);
  }

  /** Passes the buffered chunks, the failure or the end to a waiting reader. */
  #deliver(): void {
    const waiter = this.#waiter;
    if (!waiter) return;
    this.#offer();
    if (this.#read === this.#chunks.length && !this.#failure && !this.#hasEnded) return;
    this.#waiter = null;
    this.next().then(waiter.resolve, waiter.reject);
  }

  /** Offers the buffered chunks to `accept`, until it rejects one. */
  #offer(): void {
    const { accept } = this.#options;
    const before = this.#read;
    for (;;) {
      const chunk = this.#chunks[this.#read];
      if (chunk === undefined || chunk.type === 'done' || !accept(chunk)) break;
      this.#read += 1;
    }
    if (this.#read === before) return;
    // As for a chunk that was read: the reader waits for the next one from now on.
    this.#timer.refresh();
    if (this.#read < this.#chunks.length) return;
    this.#chunks.length = 0;
    this.#read = 0;
  }

  /** The timer starts again with each read. It counts only while the reader waits. */
  #startTimer(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      if (this.#waiter) this.#fail(this.#options.onTimeout(this.#hasBegun, ms));
    }, ms);
  }

  readonly #abort = (): void => {
    this.#chunks.length = 0;
    this.#read = 0;
    this.#fail(this.#options.signal.reason);
  };

  #fail(error: unknown): void {
    if (this.#failure || this.#hasEnded) return;
    this.#failure = { error };
    this.#release();
    // An error whose body was read leaves its connection open for the next request.
    if (this.#response?.complete !== true) this.#request.destroy();
    this.#deliver();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#release();
    if (this.#response?.complete !== true) this.#request.destroy();
    this.#deliver();
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#onEnd();
  }
}
