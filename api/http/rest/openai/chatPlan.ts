import type { Viewer } from '../../../access/viewer.ts';
import type { Attachments } from '../../../attachments/service.ts';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import { maxToolCalls } from '../completionFields.ts';
import type { CompletionShape } from '../completions.ts';
import { createFileReader } from './fileParts.ts';
import { type Choices, repeated } from './openaiChoices.ts';
import { withFilesRead } from './openaiMessages.ts';
import {
  type ChatCompletionRequest,
  chatCompletionInput,
  toolPolicyOfRequest,
  usesOlderFunctions,
} from './openaiRequests.ts';
import { openaiShape } from './openaiResponses.ts';

/** The generations of a request, and the wire format of their answers. */
export interface Plan {
  readonly inputs: readonly CompletionInput[];
  readonly shapeOf: (choices: Choices) => CompletionShape;
}

/** Returns the plan of a chat completion. Reads the files that its messages have. */
export const planChat = async (
  attachments: Pick<Attachments, 'read'>,
  given: ChatCompletionRequest,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<Plan> => {
  const readFile = createFileReader(attachments, viewer, signal);
  const request = { ...given, messages: await withFilesRead(given.messages, readFile) };
  const policy = toolPolicyOfRequest(request);
  const isOlder = usesOlderFunctions(request);
  return {
    inputs: repeated(chatCompletionInput(request, policy), request.n ?? 1),
    shapeOf: (choices) =>
      openaiShape(choices, {
        includeUsage: request.stream_options?.include_usage ?? false,
        forced: policy.isForced ? policy.tools : null,
        maxCalls: request.parallel_tool_calls === false || isOlder ? 1 : maxToolCalls,
        isOlder,
      }),
  };
};
