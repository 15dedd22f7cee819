import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { reasonOf } from '../../errors/causes.ts';
import { badInput, engineFailed, engineUnavailable, Failure, modelNotFound } from '../../errors/failures.ts';
import { sha256Of } from '../download/digest.ts';
import type {
  Embeddings,
  EmbedRequest,
  Engine,
  EngineChunk,
  EngineHealth,
  EngineMessage,
  EngineModel,
  EngineRequest,
  PromptSize,
  PullStep,
} from '../engine.ts';
import { SlotPool } from '../slotPool.ts';
import { StopStrings } from '../stopStrings.ts';
import { isLastChunk, stoppable } from '../stream.ts';
import { Embedder } from './embed.llama.ts';
import { Evaluation, sharedPrefix } from './evaluation.llama.ts';
import { createGrammarCompiler } from './grammarCompiler.llama.ts';
import { type Loaded, type LoadOptions, loadModel } from './load.llama.ts';
import { describeModel, modelNameOf } from './model.llama.ts';
import { PromptTemplate } from './prompt.llama.ts';
import { grammarFor, samplingOf } from './sampling.llama.ts';
import { TokenText } from './text.llama.ts';

export interface LlamaEngineOptions extends LoadOptions {
  /** SHA-256 of the file in hex, if it has been verified already. */
  readonly digest?: string;
}

/**
 * Creates an engine that runs a model file in this process. Throws `ENGINE_UNAVAILABLE` if the machine can't run it, or the
 * file can't be read.
 */
export async function createLlamaEngine(options: LlamaEngineOptions): Promise<Engine> {
  const { modelPath, digest, slots, signal } = options;
  try {
    const name = await modelNameOf(modelPath);
    return new LlamaEngine({ ...(await loadModel(options)), modelPath, digest, slots, name });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw engineUnavailable("The embedded engine can't run its model file.", {
      cause: error,
      operatorMessage: `The embedded engine can't run ${modelPath}: ${reasonOf(error)}`,
    });
  }
}

interface Parts extends Loaded {
  readonly modelPath: string;
  readonly digest: string | undefined;
  readonly slots: number;
  /** The name of the model. */
  readonly name: string;
}

class LlamaEngine implements Engine {
  readonly #parts: Parts;
  readonly #prompts: PromptTemplate;
  readonly #sequences: SlotPool<LlamaContextSequence>;
  readonly #embedder: Embedder;
  readonly #grammars = createGrammarCompiler();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #listed: Promise<EngineModel> | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { model, context, library } = parts;
    this.#parts = parts;
    // The chat template in the model file; without one, the library guesses it from the names and tokens of the model.
    const wrapper =
      library.resolveChatWrapper(model, { type: 'jinjaTemplate' }) ?? library.resolveChatWrapper(model);
    this.#prompts = new PromptTemplate(
      model,
      wrapper ?? new library.ChatMLChatWrapper(),
      context.contextSize,
    );
    this.#embedder = new Embedder(model, context.contextSize);
    this.#sequences = new SlotPool(Array.from({ length: parts.slots }, () => context.getSequence()));
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
    this.#throwIfClosed();
    this.#listed ??= this.#describe().catch((error: unknown) => {
      this.#listed = undefined;
      throw error;
    });
    return [await this.#listed];
  }

  async measure(model: string, messages: readonly EngineMessage[]): Promise<PromptSize> {
    this.#throwIfClosed();
    this.#throwIfUnknown(model);
    return this.#prompts.measure(messages);
  }

  generate(request: EngineRequest, signal: AbortSignal): AsyncIterable<EngineChunk> {
    return stoppable(
      [signal, this.#closing.signal],
      (either) => this.#generate(request, either),
      isLastChunk,
    );
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    either.throwIfAborted();
    this.#throwIfUnknown(request.model);
    return this.#embedder.embed(request, either);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  pull(): AsyncIterable<PullStep> {
    return stoppable([this.#closing.signal], rejectPull);
  }

  async remove(): Promise<void> {
    throw singleModel();
  }

  async *#generate(
    request: EngineRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    signal.throwIfAborted();
    const startedAt = performance.now();
    this.#throwIfUnknown(request.model);
    if (request.tools?.length) throw badInput('tools', 'The embedded engine does not support tools.');
    const prompt = this.#prompts.tokens(request.messages);
    const sequence = await this.#sequences.acquire(signal, (free) => longestCached(free, prompt));
    const evaluation = new Evaluation(sequence, signal);
    try {
      yield* this.#answer(request, prompt, evaluation, startedAt);
    } catch (error) {
      if (signal.aborted || error instanceof Failure) throw error;
      // The tokens that the sequence holds are unknown now.
      await sequence.clearHistory().catch(() => undefined);
      throw engineFailed('The embedded engine failed in the middle of the answer. Try again.', {
        cause: error,
      });
    } finally {
      const ended = evaluation.settled().then(() => this.#sequences.release(sequence));
      this.#running.add(ended);
      void ended.finally(() => this.#running.delete(ended));
    }
  }

  async *#answer(
    { messages, options = {}, format }: EngineRequest,
    prompt: Token[],
    evaluation: Evaluation,
    startedAt: number,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    const { library, llama, model, context } = this.#parts;
    const grammar =
      format === undefined
        ? undefined
        : await grammarFor(format, llama, model, library.LlamaGrammarEvaluationState, this.#grammars);
    // A continued text counts as part of the answer, so that it continues as if it had never been interrupted.
    const last = messages.at(-1);
    const answerTokens = last?.role === 'assistant' ? model.tokenize(last.content) : [];
    let count = 0;
    const contextRest = context.contextSize - prompt.length;
    const maxTokens = Math.min(options.maxTokens ?? Number.POSITIVE_INFINITY, contextRest);
    const text = new TokenText(model, prompt);
    const stops = new StopStrings(options.stop ?? []);
    let finish: 'stop' | 'length' = 'stop';
    let stopped = false;

    const promptAt = performance.now();
    const rest = await evaluation.evaluatePrompt(prompt);
    let firstTokenAt = 0;
    const sampling = samplingOf(options, grammar, answerTokens);
    for await (const token of evaluation.tokens(rest, sampling)) {
      firstTokenAt ||= performance.now();
      count += 1;
      answerTokens.push(token);
      const chunk = stops.push(text.push(token));
      stopped = chunk.stopped;
      if (chunk.text !== '') yield { type: 'text', text: chunk.text };
      if (stopped) break;
      if (count >= maxTokens) {
        finish = 'length';
        break;
      }
    }
    if (!stopped) {
      const held = stops.push(text.end());
      const tail = held.stopped ? held.text : held.text + stops.end();
      if (tail !== '') yield { type: 'text', text: tail };
    }
    const endedAt = performance.now();
    firstTokenAt ||= endedAt;
    yield {
      type: 'done',
      finish,
      usage: {
        promptTokens: prompt.length,
        completionTokens: count,
        loadMs: 0,
        promptMs: firstTokenAt - promptAt,
        completionMs: endedAt - firstTokenAt,
        totalMs: endedAt - startedAt,
      },
    };
  }

  async #describe(): Promise<EngineModel> {
    const { modelPath: path, name, model, context, library, digest } = this.#parts;
    const sha256 = digest ?? (await sha256Of(path, this.#closing.signal));
    const description = { path, name, digest: sha256, contextLength: context.contextSize };
    return describeModel(description, model, library.GgufFileType);
  }

  async #close(): Promise<void> {
    this.#closing.abort(engineUnavailable('The embedded engine is closing.'));
    await Promise.all([...this.#running, this.#embedder.settled()]);
    await this.#grammars.close();
    // Also disposes of its models and their contexts.
    await this.#parts.llama.dispose();
  }

  #throwIfClosed(): void {
    this.#closing.signal.throwIfAborted();
  }

  #throwIfUnknown(model: string): void {
    if (model !== this.#parts.name) throw modelNotFound(model, [this.#parts.name]);
  }
}

/** Returns the free sequence that holds the longest prefix of the prompt. */
function longestCached(
  free: readonly LlamaContextSequence[],
  prompt: Token[],
): LlamaContextSequence | undefined {
  return free.reduce((best, each) => (sharedPrefix(each, prompt) > sharedPrefix(best, prompt) ? each : best));
}

const singleModel = () =>
  badInput(
    'model',
    'The embedded engine has one model, set by MODEL_PATH. Use Ollama to fetch and delete models.',
  );

// biome-ignore lint/correctness/useYield: it always throws.
async function* rejectPull(): AsyncGenerator<PullStep, void, undefined> {
  throw singleModel();
}
