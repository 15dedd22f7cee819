import { maxSources } from '../../generations/promptAttachments.ts';
import { builder } from '../../graph/builder.ts';
import { MessageRef } from '../../messages/graph/message.ts';
import type { MessageSource } from '../../messages/message.ts';
import { AttachmentRef } from './attachment.ts';

/** The length of the text around a passage that is shown with it, in UTF-16 units. */
const surrounding = 600;

const MessageSourceRef = builder.objectRef<MessageSource>('MessageSource').implement({
  description:
    'A passage of a document that the model got for an answer, which cites it by its number, such as `[1]`.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The number by which the answer cites it, from 1.' }),
    attachment: t.field({
      type: AttachmentRef,
      nullable: true,
      description: 'The document; null if it is deleted, or in a collection that is no longer shared.',
      resolve: ({ attachmentId }, _args, { loaders }) => loaders.attachment.load(attachmentId),
    }),
    name: t.string({
      nullable: true,
      description: 'The name of the document; null without `attachment`.',
      resolve: async ({ attachmentId }, _args, { loaders }) =>
        (await loaders.attachment.load(attachmentId))?.name ?? null,
    }),
    page: t.exposeInt('page', {
      nullable: true,
      description: 'The page of a PDF, or the slide of a presentation; null for other formats.',
    }),
    heading: t.string({
      nullable: true,
      description:
        'The heading above the passage, the sheet of a workbook or the symbol of code; null if there is none.',
      resolve: async (source, _args, { loaders }) => (await loaders.passage.load(source))?.heading ?? null,
    }),
    start: t.exposeInt('start', {
      description: "Where the passage begins in the document's text, in UTF-16 units.",
    }),
    end: t.exposeInt('end', { description: 'Where it ends.' }),
    text: t.string({
      nullable: true,
      description: 'The text of the passage; null without `attachment`.',
      resolve: (source, _args, { loaders }) => loaders.documentPart.load(source),
    }),
    before: t.string({
      nullable: true,
      description: 'Some text before the passage; null without `attachment`.',
      resolve: ({ attachmentId, start }, _args, { loaders }) =>
        loaders.documentPart.load({ attachmentId, start: start - surrounding, end: start }),
    }),
    after: t.string({
      nullable: true,
      description: 'Some text after the passage; null without `attachment`.',
      resolve: ({ attachmentId, end }, _args, { loaders }) =>
        loaders.documentPart.load({ attachmentId, start: end, end: end + surrounding }),
    }),
  }),
});

builder.objectField(MessageRef, 'sources', (t) =>
  t.field({
    type: [MessageSourceRef],
    description:
      'The passages of documents that the answer may cite, by their numbers; of a question, those of its answers. Empty if the prompt had all documents as a whole, or none.',
    // For the cost of documents.
    extensions: { maxItems: maxSources },
    resolve: ({ sources = [] }) => [...sources],
  }),
);
