import { conversationBounds } from '../../conversations/bounds.ts';
import { conversationEdge } from '../../conversations/connection.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { ConversationEdge } from '../../conversations/graph/conversations.ts';
import { folderBounds } from '../../folders/graph/folder.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { type ImportResult, importLimits } from '../service.ts';

const ImportedRole = builder.enumType('ImportedMessageRole', {
  description: 'The author of an imported message.',
  values: { USER: { description: 'The user.' }, ASSISTANT: { description: 'The model.' } } as const,
});

const ImportedMessageInput = builder.inputType('ImportedMessageInput', {
  description: 'A message to import.',
  fields: (t) => ({
    key: t.string({
      required: true,
      description: 'Identifies the message in its conversation.',
      bounds: { maxLength: importLimits.key },
    }),
    parentKey: t.string({
      description:
        'The key of the preceding message, which must come earlier. Omitted for the first message.',
      bounds: { maxLength: importLimits.key },
    }),
    role: t.field({ type: ImportedRole, required: true, description: 'The author of the message.' }),
    content: t.string({
      required: true,
      description: 'The text.',
      bounds: { maxLength: importLimits.content },
    }),
    createdAt: t.field({ type: 'DateTime', required: true, description: 'When the message was created.' }),
  }),
});

const ImportedFolderInput = builder.inputType('ImportedFolderInput', {
  description: 'The folder of an imported conversation.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name.', bounds: folderBounds.name }),
    systemPrompt: t.string({
      description: 'The system prompt, if the folder is created.',
      bounds: folderBounds.systemPrompt,
    }),
  }),
});

builder.relayMutationField(
  'importConversation',
  {
    description: 'The conversation to import, or more of its messages.',
    inputFields: (t) => ({
      sourceKey: t.string({
        required: true,
        description:
          'Identifies the conversation in the app that it comes from, such as `chatgpt:6713…`. The same key always means the same conversation.',
        bounds: { maxLength: importLimits.sourceKey },
      }),
      title: t.string({ required: true, description: 'The title.', bounds: conversationBounds.title }),
      systemPrompt: t.string({
        description: 'The system prompt.',
        bounds: conversationBounds.systemPrompt,
      }),
      tags: t.stringList({ description: 'The tags.', bounds: conversationBounds.tags }),
      folder: t.field({
        type: ImportedFolderInput,
        description:
          'The folder to put it into when it is created. The folder is created if the viewer has none of this name.',
      }),
      createdAt: t.field({
        type: 'DateTime',
        required: true,
        description: 'When the conversation was created.',
      }),
      updatedAt: t.field({
        type: 'DateTime',
        required: true,
        description: 'When the conversation was last active; it orders the list.',
      }),
      messages: t.field({
        type: [ImportedMessageInput],
        required: true,
        description: 'Messages of all versions, parents before their children. Send more with further calls.',
        bounds: { maxItems: importLimits.messages },
      }),
      leafKey: t.string({
        description:
          'The key of the last message of the selected version. Set it in the last call: it completes the import.',
        bounds: { maxLength: importLimits.key },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Imports a conversation of another app. A repeated call changes nothing, so an interrupted import can be sent again. Counts as a write and as stored bytes, not as a generation.',
    resolve: (_root, { input }, context) =>
      context.imports.add(viewerOf(context), {
        sourceKey: input.sourceKey,
        title: input.title,
        systemPrompt: input.systemPrompt ?? null,
        tags: input.tags ?? [],
        folder: input.folder
          ? { name: input.folder.name, systemPrompt: input.folder.systemPrompt ?? null }
          : null,
        createdAt: input.createdAt,
        updatedAt: input.updatedAt,
        messages: input.messages.map(({ parentKey, ...message }) => ({
          ...message,
          parentKey: parentKey ?? null,
        })),
        leafKey: input.leafKey ?? null,
      }),
  },
  {
    description: 'The imported conversation.',
    outputFields: (t) => ({
      conversation: t.field({
        type: ConversationRef,
        description: 'The conversation.',
        resolve: ({ conversation }: ImportResult) => conversation,
      }),
      conversationEdge: t.field({
        type: ConversationEdge,
        description: 'The edge of the conversation in `conversations`.',
        resolve: ({ conversation }: ImportResult) => conversationEdge(conversation),
      }),
      existed: t.boolean({
        description: 'Whether it was imported completely before. Then nothing has changed.',
        resolve: ({ existed }: ImportResult) => existed,
      }),
    }),
  },
);
