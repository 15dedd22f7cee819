import { may } from '../../access/permissions.ts';
import { withoutAddresses } from '../../errors/redact.ts';
import { builder } from '../../graph/builder.ts';
import type { Context } from '../../graph/context.ts';
import { MessageRef } from '../../messages/graph/schema.ts';
import type { Generation } from '../generation.ts';
import { isUnfinished } from '../lifecycle.ts';
import { GenerationStatus } from './status.schema.ts';
import { TokenUsageRef } from './usage.schema.ts';

const FinishReason = builder.enumType('FinishReason', {
  description: 'Why an answer ended.',
  values: {
    STOP: { description: 'The model had said all, or came to one of `stop`.' },
    LENGTH: { description: 'It reached `maxTokens`, or the end of the context.' },
    TOOL_CALLS: { description: 'The model asks for tools.' },
  },
});

const GenerationErrorRef = builder.objectRef<NonNullable<Generation['error']>>('GenerationError').implement({
  description: 'Why a generation failed.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'One of the error codes that `extensions.code` has elsewhere.',
    }),
    message: t.string({
      description: 'What went wrong and what to do, for a person.',
      // Earlier releases stored what the engine said, with its address.
      resolve: ({ code, message }) => (code.startsWith('ENGINE_') ? withoutAddresses(message) : message),
    }),
  }),
});

const currentText = (generation: Generation, { generations, loaders }: Context) =>
  generations.currentText(generation, (id) => loaders.message.load(id));

export const GenerationRef = builder.objectRef<Generation>('Generation');

builder.node(GenerationRef, {
  description:
    'An answer in the making, or made. It belongs to the server: it goes on when its reader leaves.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.generation.load(id)),
  fields: (t) => ({
    status: t.field({ type: GenerationStatus, description: 'Where it is.', resolve: ({ status }) => status }),
    queuePosition: t.int({
      nullable: true,
      description: 'Its place in the queue, 1 is next; null unless it waits.',
      resolve: (generation, _args, { generations }) => generations.queuePosition(generation),
    }),
    model: t.exposeString('model', {
      description: 'The model that answers: another than was asked for where a fallback did.',
    }),
    text: t.string({
      description: 'What has arrived so far.',
      resolve: async (generation, _args, context) => (await currentText(generation, context)).text,
    }),
    cursor: t.int({
      description:
        'Where `text` ends: pass it as `after` to the subscription `generation` to go on from there.',
      resolve: async (generation, _args, context) => (await currentText(generation, context)).cursor,
    }),
    thinking: t.string({
      nullable: true,
      description: 'What a reasoning model thought before it answered, so far.',
      resolve: async (generation, _args, context) =>
        (await currentText(generation, context)).thinking || null,
    }),
    message: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The message that it fills.',
      resolve: ({ messageId }, _args, { loaders }) =>
        messageId === null ? null : loaders.message.load(messageId),
    }),
    usage: t.field({
      type: TokenUsageRef,
      nullable: true,
      description: 'What it used; null until it has ended.',
      resolve: ({ usage }) => usage,
    }),
    finishReason: t.field({
      type: FinishReason,
      nullable: true,
      description: 'Why it ended; null unless it is `COMPLETED`.',
      resolve: ({ finishReason }) => finishReason,
    }),
    cached: t.exposeBoolean('cached', {
      description: 'Whether a stored answer was given instead of a new one.',
    }),
    error: t.field({
      type: GenerationErrorRef,
      nullable: true,
      description: 'Why it failed; null unless it is `FAILED`.',
      resolve: ({ error }) => error,
    }),
    attempt: t.exposeInt('attempt', {
      description: '1 at first; goes up each time that it is taken up again.',
    }),
    canContinue: t.boolean({
      description: 'Whether `continueGeneration` would take it up again for the viewer.',
      resolve: (generation, _args, { viewer }) => isUnfinished(generation) && may(viewer, 'generate'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker took it; null while it waits.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null until then.',
    }),
  }),
});
