import { availableParallelism } from 'node:os';
import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { engineFailed, engineUnavailable, Failure, modelNotFound } from '../failures.ts';
import { Run, sharedPrefix } from './answer.llama.ts';
import { sha256Of } from './digest.ts';
import type {
  Engine,
  EngineChunk,
  EngineHealth,
  EngineMessage,
  EngineModel,
  EngineRequest,
  PromptSize,
} from './engine.ts';
import { describeModel, modelNameOf } from './model.llama.ts';
import { PromptTemplate } from './prompt.llama.ts';
import { reasonOf } from './reason.ts';
import { grammarFor, samplingOf } from './sampling.llama.ts';
import { Slots } from './slots.ts';
import { StopStrings } from './stop.ts';
import { stoppable } from './stream.ts';
import { TokenText } from './text.llama.ts';

/**
 * Tokens that a request has for prompt and answer. Each slot holds its own context in memory all the time: for
 * SmolLM2-135M that is 23 kB a token, so four slots of 4,096 take 380 MB; of the 8,192 it was trained on, twice that.
 */
const defaultContextLength = 4_096;

export interface LlamaEngineOptions {
  readonly modelPath: string;
  /** Requests side by side. */
  readonly slots: number;
  /** SHA-256 of the file in hex, where it has been checked already. */
  readonly digest?: string;
  /** Tokens for prompt and answer of one request; at most what the model was trained on. Default 4,096. */
  readonly contextLength?: number;
  /** Called with 0 to 1 while the file is read into memory. */
  readonly onProgress?: (progress: number) => void;
  readonly signal?: AbortSignal;
  /** Takes what llama.cpp warns of. */
  readonly log?: (message: string) => void;
}

type Library = typeof import('node-llama-cpp');

/** A language model inside this process. Throws `ENGINE_UNAVAILABLE` where the machine can't run it, or the file can't be read. */
export async function createLlamaEngine(options: LlamaEngineOptions): Promise<Engine> {
  const { modelPath, slots, signal, log } = options;
  try {
    const name = await modelNameOf(modelPath);
    // Loaded here and not above, so that a machine which the library has no build for can still run the rest.
    const library = await import('node-llama-cpp');
    const threads = computeThreads();
    const llama = await library.getLlama({
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads: threads,
      logLevel: library.LlamaLogLevel.warn,
      logger: (_level, message) => log?.(message.trim()),
    });
    const model = await llama.loadModel({
      modelPath,
      loadSignal: signal,
      onLoadProgress: options.onProgress,
    });
    const contextSize = Math.min(options.contextLength ?? defaultContextLength, model.trainContextSize);
    const context = await model.createContext({
      sequences: slots,
      contextSize,
      threads,
      createSignal: signal,
    });
    return new LlamaEngine({ ...options, name, library, model, context });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw engineUnavailable(`The embedded engine can't run ${modelPath}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * llama.cpp's threads wait for each other busily at every step, so where one of them doesn't get a core, all stand
 * still: with two threads on two cores and anything else at work, an answer takes ten to fifty times as long as with one.
 * So a core is left to this process's own event loop and to the rest of the machine.
 */
const computeThreads = (): number => Math.max(1, availableParallelism() - 1);

interface Parts extends LlamaEngineOptions {
  readonly name: string;
  readonly library: Library;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
}

class LlamaEngine implements Engine {
  readonly #parts: Parts;
  readonly #prompts: PromptTemplate;
  readonly #sequences: Slots<LlamaContextSequence>;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #listed: Promise<EngineModel> | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { model, context, library } = parts;
    this.#parts = parts;
    // The template that the model's makers put into the file; where there is none, what its names and tokens tell.
    const wrapper =
      library.resolveChatWrapper(model, { type: 'jinjaTemplate' }) ?? library.resolveChatWrapper(model);
    this.#prompts = new PromptTemplate(
      model,
      wrapper ?? new library.ChatMLChatWrapper(),
      context.contextSize,
    );
    this.#sequences = new Slots(Array.from({ length: parts.slots }, () => context.getSequence()));
  }

  get slots(): number {
    return this.#sequences.size;
  }

  async health(): Promise<EngineHealth> {
    if (this.#closing.signal.aborted) {
      const message = 'The embedded engine is closed.';
      return { kind: 'embedded', state: 'unavailable', message, steps: [], progress: null };
    }
    const message = `The embedded engine runs ${this.#parts.name} in this process.`;
    return { kind: 'embedded', state: 'ready', message, steps: [], progress: null };
  }

  async models(): Promise<readonly EngineModel[]> {
    this.#mustBeOpen();
    this.#listed ??= this.#describe().catch((error: unknown) => {
      this.#listed = undefined;
      throw error;
    });
    return [await this.#listed];
  }

  async measure(model: string, messages: readonly EngineMessage[]): Promise<PromptSize> {
    this.#mustBeOpen();
    this.#mustBeKnown(model);
    return this.#prompts.measure(messages);
  }

  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk> {
    return stoppable([signal, this.#closing.signal], (either) => this.#generate(request, either));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async *#generate(
    request: EngineRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    signal.throwIfAborted();
    const started = performance.now();
    this.#mustBeKnown(request.model);
    const prompt = this.#prompts.tokens(request.messages);
    const sequence = await this.#sequences.acquire(signal, (free) => closest(free, prompt));
    const run = new Run(sequence, signal);
    try {
      yield* this.#answer(request, prompt, run, started);
    } catch (error) {
      if (signal.aborted || error instanceof Failure) throw error;
      // What the sequence holds is not known any more.
      await sequence.clearHistory().catch(() => undefined);
      throw engineFailed('The embedded engine failed in the middle of the answer. Try again.', {
        cause: error,
      });
    } finally {
      const ended = run.settled().then(() => this.#sequences.release(sequence));
      this.#running.add(ended);
      void ended.finally(() => this.#running.delete(ended));
    }
  }

  async *#answer(
    { messages, options = {}, format }: EngineRequest,
    prompt: Token[],
    run: Run,
    started: number,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    const { library, model, context } = this.#parts;
    const grammar =
      format === undefined
        ? undefined
        : await grammarFor(format, model.llama, model, library.LlamaGrammarEvaluationState);
    // A text that is gone on from is part of the answer, so that it goes on as it would have.
    const last = messages.at(-1);
    const recent = last?.role === 'assistant' ? model.tokenize(last.content) : [];
    let count = 0;
    const most = Math.min(options.maxTokens ?? Number.POSITIVE_INFINITY, context.contextSize - prompt.length);
    const text = new TokenText(model, prompt);
    const stops = new StopStrings(options.stop ?? []);
    let finish: 'stop' | 'length' = 'stop';
    let stopped = false;

    const reading = performance.now();
    const end = await run.read(prompt);
    let firstToken = 0;
    const sampling = samplingOf(options, grammar, recent);
    for await (const token of run.tokens(end, sampling)) {
      firstToken ||= performance.now();
      count += 1;
      recent.push(token);
      const piece = stops.push(text.push(token));
      stopped = piece.stopped;
      if (piece.text !== '') yield { type: 'text', text: piece.text };
      if (stopped) break;
      if (count >= most) {
        finish = 'length';
        break;
      }
    }
    if (!stopped) {
      const held = stops.push(text.end());
      const rest = held.stopped ? held.text : held.text + stops.end();
      if (rest !== '') yield { type: 'text', text: rest };
    }
    const ended = performance.now();
    firstToken ||= ended;
    yield {
      type: 'done',
      finish,
      usage: {
        promptTokens: prompt.length,
        completionTokens: count,
        loadMs: 0,
        promptMs: firstToken - reading,
        completionMs: ended - firstToken,
        totalMs: ended - started,
      },
    };
  }

  async #describe(): Promise<EngineModel> {
    const { modelPath: path, name, model, context, library, digest } = this.#parts;
    const checked = digest ?? (await sha256Of(path, this.#closing.signal));
    const description = { path, name, digest: checked, contextLength: context.contextSize };
    return describeModel(description, model, library.GgufFileType);
  }

  async #close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The embedded engine is closing.'));
    await Promise.all(this.#running);
    await this.#parts.context.dispose();
    await this.#parts.model.dispose();
    await this.#parts.model.llama.dispose();
  }

  #mustBeOpen(): void {
    this.#closing.signal.throwIfAborted();
  }

  #mustBeKnown(model: string): void {
    if (model !== this.#parts.name) throw modelNotFound(model, [this.#parts.name]);
  }
}

/** The sequence that has most of the prompt in memory already. */
function closest(free: readonly LlamaContextSequence[], prompt: Token[]): LlamaContextSequence | undefined {
  return free.reduce((best, each) => (sharedPrefix(each, prompt) > sharedPrefix(best, prompt) ? each : best));
}
