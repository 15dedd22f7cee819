import type {
  Engine,
  EngineChunk,
  EngineFinish,
  EngineMessage,
  EngineToolCall,
  TokenLogprob,
} from '../../engine/engine.ts';
import { estimateTokens } from '../../engine/estimate.ts';
import { badInput, engineFailed, Failure } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import {
  type AnswerResult,
  type AnswerSource,
  type AnswerText,
  type Output,
  shortChunk,
} from '../answerSource.ts';
import type { FinishReason, Generation } from '../generation.ts';
import { maxTextLength } from '../journal/cursor.ts';
import { buildPrompt, givenMessages, type PromptDeps } from '../prompt.ts';
import type { Meter } from './meter.ts';
import { createThoughtSplitter } from './output/thoughts.ts';
import { type BudgetDeps, openBudget } from './tokenBudget.ts';
import { openToolRun, type ToolRun, type ToolRunDeps } from './tools/toolRun.ts';

const finishReason: Record<EngineFinish, FinishReason> = {
  stop: 'STOP',
  length: 'LENGTH',
  tool_calls: 'TOOL_CALLS',
};

/**
 * The shares of the context that the history may take after the engine has found the prompt too long; null: no further
 * try. An estimate may be a quarter of the tokens of an unusual tokenizer.
 */
const shares = [0.6, 0.3, 0.1, null] as const;

/** The length of an answer's text after which it ends, in UTF-16 code units. */
const maxText = maxTextLength / 2;

/** The maximum log probabilities of an answer, the likeliest tokens included: stores limit the size of a row. */
const maxLikelihoods = 40_000;

const noLogprobs = (model: string) =>
  badInput('logprobs', `The engine of ${model} reports no log probabilities. Leave logprobs out.`);

export interface EngineAnswerDeps extends BudgetDeps, ToolRunDeps, Pick<PromptDeps, 'promptAttachments'> {
  readonly engine: Pick<Engine, 'generate' | 'measure'>;
  readonly messages: Pick<MessageStore, 'find' | 'path'>;
}

/** Creates the source of answers that the engine generates. */
export const answerFromEngine =
  (deps: EngineAnswerDeps, meter: Meter): AnswerSource =>
  async (generation, output, signal) => {
    const { engine } = deps;
    const { model, options, format } = generation;
    const promptDeps: PromptDeps = {
      engine,
      messages: retryingMessages(deps, signal),
      promptAttachments: {
        contentOf: (...of) => retryWhileUnavailable(() => deps.promptAttachments.contentOf(...of), signal),
      },
    };
    const toolRun = await beginToolRun({ ...deps, waited: meter.exclude }, generation, output, signal);
    const build = (share: number) =>
      buildPrompt(promptDeps, generation, output.written.text, signal, share, toolRun?.calls);
    let messages = await build(1);
    let measured: Promise<number> | null = null;
    const promptTokens = (): Promise<number> => {
      measured ??= measure(deps, model, messages);
      return measured;
    };
    /** Drops more of the history. Returns whether there was more. */
    const shorten = async (share: number): Promise<boolean> => {
      if (givenMessages(generation)) return false;
      const before = messages.length;
      messages = await build(share);
      measured = null;
      return messages.length < before;
    };
    const budget = await retryWhileUnavailable(
      () => openBudget(deps, generation, promptTokens, signal),
      signal,
    );
    const { tools, think, logprobs, plain } = generation.prompt ?? {};
    /** The options, with what earlier requests of this run have left of the maximum tokens. */
    const optionsLeft = () => {
      const { maxTokens } = options;
      if (!toolRun || maxTokens === undefined) return options;
      const written = meter.usage().completionTokens - (generation.usage?.completionTokens ?? 0);
      return { ...options, maxTokens: Math.max(1, maxTokens - written) };
    };
    const requestFor = () => ({
      model,
      messages,
      options: optionsLeft(),
      ...(format === null ? {} : { format }),
      ...(tools && { tools }),
      ...(toolRun && toolRun.offered.length > 0 && { tools: toolRun.offered }),
      // Calls were made, maybe of tools that changed something: the answer must not fail because others use the engine.
      ...(toolRun && toolRun.calls.length > 0 && { waits: true }),
      ...(think !== undefined && { think }),
      ...(logprobs !== undefined && { logprobs }),
      ...(plain && { plain }),
    });
    const likelihoods: TokenLogprob[] = [];
    const resultOf = (reason: FinishReason, toolCalls: readonly EngineToolCall[] = []): AnswerResult => ({
      finishReason: reason,
      toolCalls: toolCalls.length > 0 ? toolCalls : null,
      ...(logprobs !== undefined && { logprobs: likelihoods }),
      cached: false,
      usage: meter.usage(),
    });
    const calls: EngineToolCall[] = [];
    // A program gets the text as the model wrote it.
    const createThoughts = () => {
      if (generation.messageId === null) return null;
      return createThoughtSplitter(output.written.text.slice(toolRun?.calls.at(-1)?.offset ?? 0));
    };
    let thoughts = createThoughts();
    /** What separates the text of two requests of an answer, with calls of tools between them. */
    let separator = '';
    const add = async ({ text, thinking }: AnswerText) => {
      if (text === '' && thinking === '') return;
      const before = text === '' ? '' : separator;
      if (text !== '') separator = '';
      await output.add({ text: before + text, thinking });
    };
    let counting: Promise<void> | null = null;
    const countPrompt = (): Promise<void> => {
      counting ??= promptTokens().then((tokens) => meter.setPromptTokens(tokens));
      return counting;
    };
    /** Takes a chunk of text that has to wait for nothing. */
    const accept = (chunk: EngineChunk): boolean => {
      if ((chunk.type !== 'text' && chunk.type !== 'thinking') || logprobs !== undefined) return false;
      const { type, text } = chunk;
      const isShort = text.length <= shortChunk && output.written.text.length <= maxText;
      if (separator !== '' || !isShort || !output.hasRoom || !budget.covers(meter.chunks + 1)) return false;
      meter.count(chunk);
      countPrompt();
      const part =
        type === 'thinking'
          ? { text: '', thinking: text }
          : thoughts
            ? thoughts.split(text)
            : { text, thinking: '' };
      output.addNow(part);
      return true;
    };
    const read = async (): Promise<AnswerResult> => {
      for await (const chunk of engine.generate(requestFor(), signal, accept)) {
        // Tokens are reserved before they are passed on or counted.
        if (chunk.type !== 'done' && chunk.type !== 'logprobs') await budget.reserve(meter.chunks + 1);
        meter.count(chunk);
        if (chunk.type === 'done') {
          if (thoughts) await add(thoughts.end());
          return resultOf(finishReason[chunk.finish], calls);
        }
        if (chunk.type === 'tool_calls') {
          calls.push(...chunk.calls);
          continue;
        }
        if (chunk.type === 'logprobs') {
          likelihoods.push(...chunk.tokens);
          continue;
        }
        if (likelihoods.length * (1 + (logprobs ?? 0)) > maxLikelihoods) return resultOf('LENGTH');
        const { type, text } = chunk;
        if (type === 'text' && logprobs !== undefined && likelihoods.length === 0) throw noLogprobs(model);
        if (type === 'thinking') await output.add({ text: '', thinking: text });
        else await add(thoughts ? thoughts.split(text) : { text, thinking: '' });
        // Not awaited, so that it doesn't delay the first chunk.
        countPrompt();
        if (output.written.text.length > maxText) {
          await countPrompt();
          return resultOf('LENGTH');
        }
      }
      throw engineFailed(
        'The engine stopped before the answer was complete. Continue the answer, or try again.',
      );
    };
    /** Reads the answer. If the engine finds the prompt too long, asks again with less of the history. */
    const readShortened = async (): Promise<AnswerResult> => {
      for (const share of shares) {
        try {
          return await read();
        } catch (error) {
          const isTooLarge = error instanceof Failure && error.code === 'PROMPT_TOO_LARGE';
          if (!isTooLarge || meter.chunks > 0 || share === null || !(await shorten(share))) throw error;
          deps.log.info(
            { generation: generation.id, share },
            'generation: prompt too large, history shortened',
          );
        }
      }
      throw new RangeError('the last share is null');
    };
    /** Runs the calls that the model asked for, and prepares the next request, which has their results. */
    const callTools = async (run: ToolRun): Promise<void> => {
      await countPrompt();
      await output.finish();
      await run.add(calls.splice(0));
      await run.run();
      meter.beginRequest();
      messages = await build(1);
      measured = null;
      counting = null;
      thoughts = createThoughts();
      separator = /\S$/.test(output.written.text) ? '\n\n' : '';
      const { promptTokens: read, completionTokens: written } = meter.usage();
      const before = generation.usage;
      const spent = read + written - (before?.promptTokens ?? 0) - (before?.completionTokens ?? 0);
      await budget.beginRequest(spent, promptTokens);
    };
    try {
      for (;;) {
        const result = await readShortened();
        if (!toolRun || result.finishReason !== 'TOOL_CALLS') return result;
        // A model that calls a tool although it was offered none has said all that it can.
        if (toolRun.offered.length === 0 || calls.length === 0) return resultOf('STOP');
        await callTools(toolRun);
      }
    } catch (error) {
      // The engine has read the prompt if a chunk has arrived, and may have if it was stopped.
      if (meter.chunks > 0 || signal.aborted) await countPrompt();
      throw error;
    } finally {
      budget.close();
    }
  };

/** The characters of results of tools for each token of the model's context, of which they may fill half. */
const resultCharacters = 1.5;

/** Opens the calls of an answer with tools of this server, and runs those that an earlier attempt left. Null without tools. */
const beginToolRun = async (
  deps: EngineAnswerDeps,
  generation: Generation,
  output: Output,
  signal: AbortSignal,
): Promise<ToolRun | null> => {
  const { toolUse, model, options } = generation;
  if (!toolUse || toolUse.names.length === 0) return null;
  const size = await deps.engine.measure(model, [], signal, options.contextLength).catch(() => null);
  signal.throwIfAborted();
  const room = size?.limit ? size.limit * resultCharacters : Number.POSITIVE_INFINITY;
  const run = await openToolRun(deps, generation, toolUse, output, signal, room);
  await run.run();
  return run;
};

/**
 * Wraps the messages so that reads are retried while the store is unavailable: an outage of the store must not make an
 * answer fail.
 */
const retryingMessages = (
  { messages }: Pick<EngineAnswerDeps, 'messages'>,
  signal: AbortSignal,
): EngineAnswerDeps['messages'] => ({
  find: (...of) => retryWhileUnavailable(() => messages.find(...of), signal),
  path: (...of) => retryWhileUnavailable(() => messages.path(...of), signal),
});

/** The timeout for measuring a prompt, in ms. */
const measureTimeoutMs = 1000;

/**
 * Returns the tokens of a prompt, because engines report them only at the end of an answer. Estimates them if the engine
 * can't measure. Never rejects.
 */
const measure = async (
  { engine, log }: EngineAnswerDeps,
  model: string,
  messages: readonly EngineMessage[],
): Promise<number> => {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), measureTimeoutMs);
  try {
    return (await engine.measure(model, messages, timeout.signal)).tokens;
  } catch (error) {
    log.debug({ err: error }, 'generation: prompt not measured by the engine, estimating');
    return estimateTokens(messages);
  } finally {
    clearTimeout(timer);
  }
};
