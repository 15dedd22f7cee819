import type { Engine, EngineFinish, EngineToolCall } from '../engine/engine.ts';
import { engineFailed } from '../failures.ts';
import type { MessageStore } from '../messages/store.ts';
import { quotaExceeded } from '../usage/quota.ts';
import type { Quotas } from '../usage/quotas.ts';
import { longestText } from './cursor.ts';
import type { FinishReason } from './generation.ts';
import type { Meter } from './meter.ts';
import { buildPrompt } from './prompt.ts';
import type { AnswerSource } from './run.ts';

const finishReason: Record<EngineFinish, FinishReason> = {
  stop: 'STOP',
  length: 'LENGTH',
  tool_calls: 'TOOL_CALLS',
};

export interface AnswerDeps {
  readonly engine: Engine;
  readonly messages: MessageStore;
  readonly quotas: Pick<Quotas, 'scarcest'>;
  readonly clock: () => Date;
}

/** Has the engine answer, and passes on what comes. */
export const answerFromEngine =
  (deps: AnswerDeps, meter: Meter): AnswerSource =>
  async (generation, writer, signal) => {
    const { model, options, format } = generation;
    const [messages, quota] = await Promise.all([
      buildPrompt(deps, generation, writer.written.text, signal),
      deps.quotas.scarcest(generation.ownerId),
    ]);
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
    for await (const chunk of deps.engine.generate(request, signal)) {
      meter.see(chunk);
      if (chunk.type === 'done') return answered(finishReason[chunk.finish], calls);
      if (chunk.type === 'tool_calls') {
        calls.push(...chunk.calls);
        continue;
      }
      if (quota && meter.pieces > quota.limit - quota.used) throw quotaExceeded(quota, deps.clock());
      await writer.add({ text: '', thinking: '', [chunk.type]: chunk.text });
      if (writer.written.text.length > longestText / 2) return answered('LENGTH');
    }
    throw engineFailed('The engine ended its answer half-way. Continue it, or try again.');
  };
