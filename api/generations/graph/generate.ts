import { maxChosenCollections } from '../../conversations/bounds.ts';
import { conversationLimits } from '../../conversations/service.ts';
import { schemaLimits } from '../../engine/grammar/schemaSize.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { maxAttachments } from '../promptAttachments.ts';
import { answerBounds, answerFields, toAnswer } from './answerInput.ts';
import { GeneratePayload } from './generatePayload.ts';

const GenerateInput = builder.inputType('GenerateInput', {
  description: 'A prompt, and how to answer it.',
  fields: (t) => ({
    prompt: t.string({
      required: true,
      description: 'The content of the user message.',
      bounds: answerBounds.prompt,
    }),
    conversationId: t.id({ description: 'The conversation. Omitted: a new conversation is created.' }),
    folderId: t.id({
      description: 'The folder of a new conversation. `BAD_USER_INPUT` with a conversationId.',
    }),
    collections: t.idList({
      description:
        'The collections that the answers of a new conversation search. `BAD_USER_INPUT` with a conversationId.',
      bounds: { maxItems: maxChosenCollections, maxLength: maxLengths.id },
    }),
    temporary: t.boolean({
      description:
        'Whether a new conversation is temporary: in no list, search or export, not shareable, and deleted an hour after its last use. `BAD_USER_INPUT` with a conversationId or a folderId.',
    }),
    parentId: t.id({
      description: 'The message to reply to. Omitted: the current leaf of the conversation.',
    }),
    model: t.string(answerFields.model),
    systemPrompt: t.string({
      description: "The system prompt. Omitted: the conversation's.",
      bounds: { maxLength: conversationLimits.systemPrompt },
    }),
    options: t.field(answerFields.options),
    format: t.field({
      type: 'JSON',
      description: 'The output format: `"json"`, or a JSON Schema that the answer must match.',
      bounds: { maxLength: schemaLimits.characters },
    }),
    attachments: t.idList({
      description:
        'The ids of attachments, in order. Documents are put before the prompt; what does not fit into the context is left out (`Message.attachments`). Images need a model with the capability `vision`.',
      bounds: { maxItems: maxAttachments, maxLength: maxLengths.id },
    }),
    tools: t.stringList(answerFields.tools),
    cache: t.field(answerFields.cache),
    idempotencyKey: t.string(answerFields.idempotencyKey),
    clientMutationId: t.id(answerFields.clientMutationId),
  }),
});

builder.mutationField('generate', (t) =>
  t.field({
    type: GeneratePayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description:
      'Stores a user message, and starts a generation that answers it. Returns without waiting for the answer. `MODEL_NOT_FOUND`, `PROMPT_TOO_LARGE`, `RATE_LIMITED` over the rate or running limit, `QUOTA_EXCEEDED` over the token or storage quota.',
    args: { input: t.arg({ type: GenerateInput, required: true, description: 'The input.' }) },
    resolve: async (_root, { input }, context) => {
      const started = await context.generations.generate(viewerOf(context), {
        ...toAnswer(input),
        prompt: input.prompt,
        conversationId: input.conversationId ? decodeId('Conversation', input.conversationId) : null,
        parentId: input.parentId ? decodeId('Message', input.parentId) : null,
        systemPrompt: input.systemPrompt ?? null,
        ...(input.folderId && { folderId: decodeId('Folder', input.folderId) }),
        ...(input.collections && {
          collectionIds: input.collections.map((id) => decodeId('Collection', id)),
        }),
        ...(input.temporary && { temporary: true }),
        format: input.format,
        ...(input.attachments?.length && {
          attachments: input.attachments.map((id) => decodeId('Attachment', id)),
        }),
      });
      return { ...started, clientMutationId: input.clientMutationId ?? null };
    },
  }),
);
