import { may } from '../../access/permissions.ts';
import { withoutAddresses } from '../../errors/redact.ts';
import { builder } from '../../graph/builder.ts';
import type { Context } from '../../graph/context.ts';
import { MessageRef } from '../../messages/graph/message.ts';
import { ToolCallRef } from '../../tools/graph/toolCall.ts';
import { toolLimits } from '../../tools/tool.ts';
import type { Generation } from '../generation.ts';
import { isUnfinished } from '../lifecycle.ts';
import { GenerationStatus } from './generationStatus.ts';
import { TokenUsageRef } from './tokenUsage.ts';

const FinishReason = builder.enumType('FinishReason', {
  description: 'Why a generation ended.',
  values: {
    STOP: { description: 'The model finished, or produced one of the `stop` sequences.' },
    LENGTH: { description: "The answer reached `maxTokens` or the model's context length." },
    TOOL_CALLS: { description: 'The model requested tool calls.' },
  },
});

const GenerationErrorRef = builder.objectRef<NonNullable<Generation['error']>>('GenerationError').implement({
  description: 'The error of a failed generation.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'The error code, one of those in `extensions.code`.',
    }),
    message: t.string({
      description: 'What went wrong and what to do, as a text for users.',
      // Earlier releases stored the engine's own message, including its address.
      resolve: ({ code, message }) => (code.startsWith('ENGINE_') ? withoutAddresses(message) : message),
    }),
  }),
});

const currentText = (generation: Generation, { generations, loaders }: Context) =>
  generations.currentText(generation, (id) => loaders.message.load(id));

export const GenerationRef = builder.objectRef<Generation>('Generation');

builder.node(GenerationRef, {
  description:
    'An answer that is queued, running or finished. It runs on the server, whether or not a client is connected.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.generation.load(id)),
  fields: (t) => ({
    status: t.field({
      type: GenerationStatus,
      description: 'The current status.',
      resolve: ({ status }) => status,
    }),
    queuePosition: t.int({
      nullable: true,
      description: 'The position in the queue, 1 for the next; null unless it is queued.',
      resolve: (generation, _args, { generations }) => generations.queuePosition(generation),
    }),
    model: t.exposeString('model', {
      description: 'The model that answers. It differs from the requested one if a fallback was used.',
    }),
    text: t.string({
      description: 'The text generated so far.',
      resolve: async (generation, _args, context) => (await currentText(generation, context)).text,
    }),
    cursor: t.int({
      description: 'The cursor at the end of `text`, to pass as `after` to the subscription `generation`.',
      resolve: async (generation, _args, context) => (await currentText(generation, context)).cursor,
    }),
    thinking: t.string({
      nullable: true,
      description: 'The thinking text of a reasoning model so far; null if there is none.',
      resolve: async (generation, _args, context) =>
        (await currentText(generation, context)).thinking || null,
    }),
    message: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The message that receives the answer.',
      resolve: ({ messageId }, _args, { loaders }) =>
        messageId === null ? null : loaders.message.load(messageId),
    }),
    usage: t.field({
      type: TokenUsageRef,
      nullable: true,
      description: 'The token usage; null until the generation has ended.',
      resolve: ({ usage }) => usage,
    }),
    finishReason: t.field({
      type: FinishReason,
      nullable: true,
      description: 'Why the generation ended; null unless it is `COMPLETED`.',
      resolve: ({ finishReason }) => finishReason,
    }),
    tools: t.stringList({
      description: 'The names of the tools that the model may call, which this server runs.',
      extensions: { maxItems: toolLimits.tools },
      resolve: ({ toolUse }) => [...(toolUse?.names ?? [])],
    }),
    toolsAskedBy: t.string({
      nullable: true,
      description:
        'The name of the API key whose request named these tools; `API key` if it was revoked. Null: a person asked in the app, or there are no tools.',
      resolve: async ({ toolUse }, _args, { apiKeys, viewer }) => {
        if (!viewer || !toolUse || toolUse.apiKeyId === null) return null;
        const [key] = await apiKeys.findMany(viewer, [toolUse.apiKeyId]);
        return key?.name ?? 'API key';
      },
    }),
    toolCallCount: t.int({
      description: 'The number of `toolCalls`.',
      resolve: ({ toolUse }) => toolUse?.calls.length ?? 0,
    }),
    toolCalls: t.field({
      type: [ToolCallRef],
      description: 'The calls of these tools so far, oldest first.',
      extensions: { maxItems: toolLimits.calls },
      resolve: ({ toolUse }) => [...(toolUse?.calls ?? [])],
    }),
    cached: t.exposeBoolean('cached', {
      description: 'Whether the answer came from the response cache.',
    }),
    error: t.field({
      type: GenerationErrorRef,
      nullable: true,
      description: 'The error; null unless the generation is `FAILED`.',
      resolve: ({ error }) => error,
    }),
    attempt: t.exposeInt('attempt', {
      description:
        'The attempt number: 1 at first, or 2 for `continueAnswer`; incremented by each restart or continuation.',
    }),
    canContinue: t.boolean({
      description: 'Whether the viewer may continue the generation with `continueGeneration`.',
      resolve: (generation, _args, { viewer }) => isUnfinished(generation) && may(viewer, 'generate'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the generation was requested.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker started it; null while it is queued.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the generation ended; null until then.',
    }),
  }),
});
