import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteAttachment',
  {
    description: 'The attachment to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the attachment.' }) }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Permanently deletes a file, also from the messages that have it.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Attachment', input.id);
      await context.attachments.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The deleted attachment.',
    outputFields: (t) => ({
      deletedAttachmentId: t.id({
        description: 'The id of the deleted attachment.',
        resolve: ({ id }: { id: string }) => encodeId('Attachment', id),
      }),
    }),
  },
);
