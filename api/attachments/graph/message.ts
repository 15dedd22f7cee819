import { maxAttachments } from '../../generations/promptAttachments.ts';
import { builder } from '../../graph/builder.ts';
import { MessageRef } from '../../messages/graph/message.ts';
import type { Attachment } from '../attachment.ts';
import { AttachmentRef } from './attachment.ts';

interface AttachmentOfMessage {
  readonly attachment: Attachment;
  readonly omitted: number;
}

const MessageAttachmentRef = builder.objectRef<AttachmentOfMessage>('MessageAttachment').implement({
  description: 'An attachment of a message.',
  fields: (t) => ({
    attachment: t.field({
      type: AttachmentRef,
      description: 'The attachment.',
      resolve: ({ attachment }) => attachment,
    }),
    omittedLength: t.exposeInt('omitted', {
      description:
        "How much of the text did not fit into the model's context when the message was sent, in UTF-16 units.",
    }),
  }),
});

builder.objectField(MessageRef, 'attachments', (t) =>
  t.field({
    type: [MessageAttachmentRef],
    description: 'The attachments of a user message, without deleted ones.',
    // For the cost of documents.
    extensions: { maxItems: maxAttachments },
    resolve: async ({ attachments = [] }, _args, { loaders }) => {
      const found = await Promise.all(
        attachments.map(async ({ id, omitted }) => ({
          attachment: await loaders.attachment.load(id),
          omitted,
        })),
      );
      return found.flatMap(({ attachment, omitted }) => (attachment ? [{ attachment, omitted }] : []));
    },
  }),
);
