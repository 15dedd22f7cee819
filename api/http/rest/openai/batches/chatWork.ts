import type { Attachments } from '../../../../attachments/service.ts';
import type { RunInput } from '../../../../batches/work.ts';
import type { Generations } from '../../../../generations/service.ts';
import { planChat } from '../chatPlan.ts';
import { startChoices } from '../openaiChoices.ts';
import { usageOfAll } from '../openaiResponses.ts';
import { checkRequest } from './batchRequests.ts';

export interface ChatWorkDeps {
  readonly generations: Pick<Generations, 'complete'>;
  readonly attachments: Pick<Attachments, 'read'>;
}

/** Runs a request of a batch, as `/v1/chat/completions` does. */
export const createChatWork =
  ({ generations, attachments }: ChatWorkDeps): RunInput =>
  async ({ viewer, item, nextGenerationId, signal }) => {
    const { inputs, shapeOf } = await planChat(attachments, checkRequest(item.input), viewer, signal);
    const choices = await startChoices(
      generations,
      viewer,
      inputs.map((input) => ({ ...input, background: { id: nextGenerationId() } })),
    );
    const whole = await choices.whole(signal);
    const usage = usageOfAll(choices.answers);
    return {
      result: shapeOf(choices).whole(whole),
      text: whole.text,
      error: null,
      model: choices.generation.model,
      promptTokens: usage.prompt_tokens,
      completionTokens: usage.completion_tokens,
    };
  };
