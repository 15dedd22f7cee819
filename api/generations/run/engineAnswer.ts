import type { Engine, EngineFinish, EngineMessage, EngineToolCall } from '../../engine/engine.ts';
import { estimateTokens } from '../../engine/estimate.ts';
import { engineFailed } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import type { FinishReason } from '../generation.ts';
import { maxTextLength } from '../journal/cursor.ts';
import { buildPrompt } from '../prompt.ts';
import { type BudgetDeps, openBudget } from './budget.ts';
import type { Meter } from './meter.ts';
import type { AnswerSource } from './run.ts';

const finishReason: Record<EngineFinish, FinishReason> = {
  stop: 'STOP',
  length: 'LENGTH',
  tool_calls: 'TOOL_CALLS',
};

export interface AnswerDeps extends BudgetDeps {
  readonly engine: Engine;
  readonly messages: MessageStore;
}

/** Has the engine answer, and passes on what comes. */
export const answerFromEngine =
  (deps: AnswerDeps, meter: Meter): AnswerSource =>
  async (generation, writer, signal) => {
    const { model, options, format } = generation;
    const messages = await buildPrompt(
      { engine: deps.engine, messages: patientMessages(deps, signal) },
      generation,
      writer.written.text,
      signal,
    );
    let measured: Promise<number> | null = null;
    const promptTokens = (): Promise<number> => {
      measured ??= measure(deps, model, messages);
      return measured;
    };
    const budget = await retryWhileUnavailable(
      () => openBudget(deps, generation, promptTokens, signal),
      signal,
    );
    const tools = generation.prompt?.tools;
    const request = {
      model,
      messages,
      options,
      ...(format === null ? {} : { format }),
      ...(tools && { tools }),
    };
    const answered = (reason: FinishReason, toolCalls: readonly EngineToolCall[] = []) => ({
      finishReason: reason,
      toolCalls: toolCalls.length > 0 ? toolCalls : null,
      cached: false,
      usage: meter.usage(),
    });
    const calls: EngineToolCall[] = [];
    const reckonPrompt = async (): Promise<void> => meter.reckonPrompt(await promptTokens());
    try {
      for await (const chunk of deps.engine.generate(request, signal)) {
        // What isn't reserved is neither passed on nor counted.
        if (chunk.type !== 'done') await budget.spend(meter.pieces + 1);
        meter.see(chunk);
        if (chunk.type === 'done') return answered(finishReason[chunk.finish], calls);
        if (chunk.type === 'tool_calls') {
          calls.push(...chunk.calls);
          continue;
        }
        await writer.add({ text: '', thinking: '', [chunk.type]: chunk.text });
        // Beside what comes next: it must not hold up the first piece.
        reckonPrompt();
        if (writer.written.text.length > maxTextLength / 2) {
          await reckonPrompt();
          return answered('LENGTH');
        }
      }
      throw engineFailed('The engine ended its answer half-way. Continue it, or try again.');
    } catch (error) {
      // The engine has read the prompt where it began to answer, and may have where it was stopped.
      if (meter.pieces > 0 || signal.aborted) await reckonPrompt();
      throw error;
    } finally {
      budget.close();
    }
  };

/**
 * The store's messages, waited for while the store is unavailable: an answer fails for its engine and its owner's quota,
 * not for an outage of the store.
 */
const patientMessages = (
  { messages }: Pick<AnswerDeps, 'messages'>,
  signal: AbortSignal,
): Pick<MessageStore, 'find' | 'path'> => ({
  find: (...of) => retryWhileUnavailable(() => messages.find(...of), signal),
  path: (...of) => retryWhileUnavailable(() => messages.path(...of), signal),
});

/** How long an engine may take to measure a prompt, in milliseconds. */
const measureWithinMs = 1000;

/** Engines say only at the end of an answer what its prompt took. Estimates it where they can't be asked. Never rejects. */
const measure = async (
  { engine, log }: AnswerDeps,
  model: string,
  messages: readonly EngineMessage[],
): Promise<number> => {
  try {
    return (await engine.measure(model, messages, AbortSignal.timeout(measureWithinMs))).tokens;
  } catch (error) {
    log.debug({ err: error }, 'prompt not measured by the engine, estimated instead');
    return estimateTokens(messages);
  }
};
