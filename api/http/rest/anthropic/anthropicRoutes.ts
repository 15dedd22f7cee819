import type { Generations } from '../../../generations/service.ts';
import { readJson } from '../../server/body.ts';
import { maxToolCalls } from '../completionFields.ts';
import { cachePolicyOf, completionBodyLimit, sendCompletion } from '../completions.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';
import { failAsAnthropic } from './anthropicErrors.ts';
import { messagesInput, messagesRequest, toolPolicyOfMessages } from './anthropicRequests.ts';
import { messagesShape } from './anthropicShape.ts';

export interface AnthropicDeps {
  readonly generations: Pick<Generations, 'complete'>;
}

/** The route of Anthropic's Messages API. Each answer is a generation like any other. */
export const anthropicRoutes = ({ generations }: AnthropicDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/v1/messages',
    fail: failAsAnthropic,
    async handle(exchange) {
      const viewer = await requireViewer(exchange);
      const request = validate(messagesRequest, await readJson(exchange.request, completionBodyLimit));
      const policy = toolPolicyOfMessages(request);
      const { tool_choice: choice } = request;
      const isSerial = choice && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use;
      const begin = async () => {
        const completion = await generations.complete(viewer, {
          ...messagesInput(request, policy),
          cache: cachePolicyOf(exchange.request.headers),
        });
        const shape = messagesShape(completion.generation, {
          forced: policy.isForced ? policy.tools : null,
          maxCalls: isSerial ? 1 : maxToolCalls,
        });
        return { completion, shape };
      };
      await sendCompletion(exchange, begin, request.stream ?? false);
    },
  },
];
