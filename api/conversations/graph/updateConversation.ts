import { badInput } from '../../errors/failures.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { conversationBounds, maxChosenCollections } from '../bounds.ts';
import { type Conversation, temporaryMs } from '../conversation.ts';
import { ConversationRef } from './conversation.ts';
import { GenerationOptionsInput, toOptions } from './generationOptions.ts';

interface Payload {
  readonly conversation: Conversation;
}

builder.relayMutationField(
  'updateConversation',
  {
    description: 'The changes. Omitted fields stay unchanged; null resets a field that can be reset.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the conversation.' }),
      title: t.string({
        description: 'The title. It must contain a character other than white space.',
        bounds: conversationBounds.title,
      }),
      model: t.string({
        description: 'The model that answers by default; null for the default model.',
        bounds: conversationBounds.model,
      }),
      systemPrompt: t.string({
        description: 'The system prompt; null for none.',
        bounds: conversationBounds.systemPrompt,
      }),
      options: t.field({
        type: GenerationOptionsInput,
        description: 'The sampling options for answers; null for the defaults.',
      }),
      pinned: t.boolean({ description: 'Whether the conversation is pinned to the top of the list.' }),
      archived: t.boolean({ description: 'Whether the conversation is archived.' }),
      tags: t.stringList({
        description: 'The tags; null for none.',
        bounds: conversationBounds.tags,
      }),
      folderId: t.id({ description: 'The folder; null for none.' }),
      collections: t.idList({
        description:
          'The collections that answers search; null for none. `NOT_FOUND` for one that the viewer may not read, unless it was chosen before.',
        bounds: { maxItems: maxChosenCollections, maxLength: maxLengths.id },
      }),
      temporary: t.boolean({
        description:
          'False keeps a temporary conversation, which gets a title by its first prompt. A conversation that is kept cannot become temporary.',
      }),
      expiresIn: t.int({
        description:
          'Deletes a temporary conversation after so many seconds, unless it is used before. Each prompt makes it an hour again. `BAD_USER_INPUT` for one that is kept.',
        bounds: { min: 1, max: temporaryMs / 1000 },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Changes the settings of a conversation.',
    resolve: async (_root, { input }, context): Promise<Payload> => {
      const { id, title, model, systemPrompt, options, pinned, archived, tags, folderId, collections } =
        input;
      const { temporary, expiresIn } = input;
      if (temporary) {
        throw badInput(
          'temporary',
          'A conversation cannot become temporary. Start a temporary one with generate.',
        );
      }
      const edit = {
        ...(temporary === false && { temporary: false as const }),
        ...(typeof expiresIn === 'number' && { expiresIn }),
        ...(typeof title === 'string' && { title }),
        ...(model !== undefined && { model }),
        ...(systemPrompt !== undefined && { systemPrompt }),
        ...(options !== undefined && { options: options ? toOptions(options) : {} }),
        ...(typeof pinned === 'boolean' && { pinned }),
        ...(typeof archived === 'boolean' && { archived }),
        ...(tags !== undefined && { tags: tags ?? [] }),
        ...(collections !== undefined && {
          collectionIds: (collections ?? []).map((one) => decodeId('Collection', one)),
        }),
        ...(folderId !== undefined && { folderId: folderId ? decodeId('Folder', folderId) : null }),
      };
      const conversation = await context.conversations.update(
        viewerOf(context),
        decodeId('Conversation', id),
        edit,
      );
      return { conversation };
    },
  },
  {
    description: 'The changed conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'The conversation after the change.',
        resolve: ({ conversation }: Payload) => conversation,
      }),
    }),
  },
);
