import type { Attachments } from '../../../attachments/service.ts';
import type { Generations } from '../../../generations/service.ts';
import { disconnectOf } from '../../server/clientDisconnect.ts';
import { maxToolCalls } from '../completionFields.ts';
import {
  cachePolicyOf,
  completionBodyLimit,
  completionErrors,
  sendCompletion,
  streamNote,
} from '../completions.ts';
import { endpoint } from '../endpoint.ts';
import { createFileReader } from '../openai/fileParts.ts';
import type { Route } from '../routes.ts';
import { withDocumentsRead } from './anthropicDocuments.ts';
import { failAsAnthropic } from './anthropicErrors.ts';
import { messagesInput, messagesRequest, toolPolicyOfMessages } from './anthropicRequests.ts';
import { messagesEvent, messagesResponse, messagesShape } from './anthropicShape.ts';

export interface AnthropicDeps {
  readonly attachments: Pick<Attachments, 'read'>;
  readonly generations: Pick<Generations, 'complete'>;
}

/** The route of Anthropic's Messages API. Each answer is a generation like any other. */
export const anthropicRoutes = ({ attachments, generations }: AnthropicDeps): readonly Route[] => {
  const route = endpoint({
    method: 'POST',
    path: '/v1/messages',
    id: 'createMessage',
    tag: 'Anthropic',
    summary: 'Create a message.',
    description: streamNote,
    body: { schema: messagesRequest, limit: completionBodyLimit },
    answer: {
      description: 'The message: one JSON document, or with `stream` its events.',
      types: { 'application/json': messagesResponse, 'text/event-stream': messagesEvent },
    },
    errors: completionErrors,
    async handle({ exchange, viewer, body: given }) {
      const readFile = createFileReader(attachments, viewer, disconnectOf(exchange));
      const body = { ...given, messages: await withDocumentsRead(given.messages, readFile) };
      const policy = toolPolicyOfMessages(body);
      const { tool_choice: choice } = body;
      const isSerial = choice && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use;
      const begin = async () => {
        const completion = await generations.complete(viewer, {
          ...messagesInput(body, policy),
          cache: cachePolicyOf(exchange.request.headers),
        });
        const shape = messagesShape(completion.generation, {
          forced: policy.isForced ? policy.tools : null,
          maxCalls: isSerial ? 1 : maxToolCalls,
        });
        return { completion, shape };
      };
      await sendCompletion(exchange, begin, body.stream ?? false);
    },
  });
  return [{ ...route, fail: failAsAnthropic }];
};
