import type { Engine, EngineFinish, EngineMessage, EngineToolCall } from '../engine/engine.ts';
import { engineFailed } from '../failures.ts';
import type { MessageStore } from '../messages/store.ts';
import { patiently } from '../realtime/patiently.ts';
import { type BudgetDeps, openBudget } from './budget.ts';
import { longestText } from './cursor.ts';
import type { FinishReason, Generation } from './generation.ts';
import type { Meter } from './meter.ts';
import { buildPrompt } from './prompt.ts';
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
    const { messages, budget } = await prepare(deps, generation, writer.written.text, signal);
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
    let reckoned: Promise<void> | null = null;
    const reckonPrompt = (): Promise<void> => {
      reckoned ??= reckon(deps, meter, model, messages);
      return reckoned;
    };
    try {
      for await (const chunk of deps.engine.generate(request, signal)) {
        meter.see(chunk);
        if (chunk.type === 'done') return answered(finishReason[chunk.finish], calls);
        if (chunk.type === 'tool_calls') {
          calls.push(...chunk.calls);
          continue;
        }
        budget.check(meter.spent);
        await writer.add({ text: '', thinking: '', [chunk.type]: chunk.text });
        // Beside what comes next: it must not hold up the first piece.
        reckonPrompt();
        if (writer.written.text.length > longestText / 2) {
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
      await budget.close();
    }
  };

/**
 * Reads what the answer needs from the store, which is waited for while it is unavailable: an answer fails for its engine
 * and its owner's quota, not for a moment without the store.
 */
const prepare = async (deps: AnswerDeps, generation: Generation, textSoFar: string, signal: AbortSignal) => {
  const messages: Pick<MessageStore, 'find' | 'path'> = {
    find: (...of) => patiently(() => deps.messages.find(...of), signal),
    path: (...of) => patiently(() => deps.messages.path(...of), signal),
  };
  const [prompt, budget] = await Promise.allSettled([
    buildPrompt({ engine: deps.engine, messages }, generation, textSoFar, signal),
    patiently(() => openBudget(deps, generation), signal),
  ]);
  if (prompt.status === 'rejected') {
    if (budget.status === 'fulfilled') await budget.value.close();
    throw prompt.reason;
  }
  if (budget.status === 'rejected') throw budget.reason;
  return { messages: prompt.value, budget: budget.value };
};

/** How long it may take to reckon what a prompt takes, in milliseconds. */
const reckonWithinMs = 1000;

/** Engines say what a prompt took at the end of an answer alone. Never rejects. */
const reckon = async (
  { engine, log }: AnswerDeps,
  meter: Meter,
  model: string,
  messages: readonly EngineMessage[],
): Promise<void> => {
  try {
    const { tokens } = await engine.measure(model, messages, AbortSignal.timeout(reckonWithinMs));
    meter.reckonPrompt(tokens);
  } catch (error) {
    log.debug({ err: error }, 'what a prompt took could not be reckoned');
  }
};
