import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import { type Attachment, hasText } from '../attachment.ts';
import type { Indexing } from '../passages/passage.ts';

const AttachmentFormatRef = builder.enumType('AttachmentFormat', {
  description: 'The format of a file, by its content.',
  values: {
    TEXT: { description: 'Text, code, Markdown, CSV or JSON.' },
    HTML: { description: 'A page in HTML.' },
    PDF: { description: 'A PDF.' },
    DOCX: { description: 'A Word document.' },
    XLSX: { description: 'An Excel workbook.' },
    PPTX: { description: 'A PowerPoint presentation.' },
    ODT: { description: 'An OpenDocument text.' },
    ODS: { description: 'An OpenDocument spreadsheet.' },
    ODP: { description: 'An OpenDocument presentation.' },
    EPUB: { description: 'An EPUB book.' },
    EMAIL: { description: 'An e-mail, saved as a file.' },
    IMAGE: { description: 'A PNG, JPEG, WebP, GIF or AVIF image.' },
  },
});

export const IndexingStateRef = builder.enumType('AttachmentIndexingState', {
  description: 'How far the passages of a document are embedded.',
  values: {
    NONE: { description: 'It has no text to find.' },
    WAITING: {
      description:
        'It waits until no answer runs, or until a model with the capability `embedding` is installed.',
    },
    RUNNING: { description: 'Some passages are embedded.' },
    DONE: { description: 'All passages are embedded.' },
  } as const,
});

const IndexingRef = builder.objectRef<Indexing>('AttachmentIndexing').implement({
  description:
    'How far the passages of a document are embedded, in the background. Full text finds all of them at once.',
  fields: (t) => ({
    state: t.field({
      type: IndexingStateRef,
      description: 'The state.',
      resolve: ({ passages, embedded }) => {
        if (passages === 0) return 'NONE';
        if (passages !== null && embedded >= passages) return 'DONE';
        return embedded > 0 ? 'RUNNING' : 'WAITING';
      },
    }),
    done: t.exposeInt('embedded', { description: 'The number of embedded passages.' }),
    total: t.int({
      description: 'The number of passages; 0 until the text is split.',
      resolve: ({ passages }) => passages ?? 0,
    }),
  }),
});

export const AttachmentRef = builder.objectRef<Attachment>('Attachment');

builder.node(AttachmentRef, {
  description: 'A file of a user, to attach to messages. Its text was read when it was uploaded.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.attachment.load(id)),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the file.' }),
    format: t.field({
      type: AttachmentFormatRef,
      description: 'The format of the file.',
      resolve: ({ format }) => format,
    }),
    mediaType: t.exposeString('mediaType', { description: 'The media type, such as `application/pdf`.' }),
    size: t.exposeInt('size', {
      description: 'The size of the stored file in bytes. Images are stored resized and without metadata.',
    }),
    sha256: t.exposeString('sha256', { description: 'The SHA-256 of the stored file, in hexadecimal.' }),
    pages: t.exposeInt('pages', {
      nullable: true,
      description:
        'The number of pages of a PDF, of sheets of a workbook, or of slides; null for other formats.',
    }),
    tokens: t.exposeInt('tokens', {
      description: 'The estimated tokens of the text; 0 for an image without text.',
    }),
    textLength: t.exposeInt('textLength', {
      description:
        'The length of the text in UTF-16 units; 0 for an image without text. If the server reads the text in images by OCR, a model that sees none gets it instead.',
    }),
    omittedLength: t.exposeInt('omittedLength', {
      description: 'How much of the text was not read because it is too long, in UTF-16 units.',
    }),
    preview: t.exposeString('preview', { description: 'The beginning of the text.' }),
    width: t.exposeInt('width', { nullable: true, description: 'The width of an image, in pixels.' }),
    height: t.exposeInt('height', { nullable: true, description: 'The height of an image, in pixels.' }),
    url: t.string({
      description: 'The path of the file on this server, to download with the same credentials.',
      resolve: ({ id }) => `/api/attachments/${encodeURIComponent(encodeId('Attachment', id))}`,
    }),
    indexing: t.field({
      type: IndexingRef,
      description: 'How far its passages are embedded.',
      resolve: async (attachment, _args, { loaders }) => {
        const none = { passages: 0, embedded: 0, model: null };
        return hasText(attachment) ? ((await loaders.indexing.load(attachment.id)) ?? none) : none;
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the file was uploaded.' }),
  }),
});

export const AttachmentEdge = builder.edgeObject({
  type: AttachmentRef,
  name: 'AttachmentEdge',
  description: 'An attachment in a list.',
});

export const AttachmentConnection = builder.connectionObject(
  { type: AttachmentRef, name: 'AttachmentConnection', description: 'A page of attachments, newest first.' },
  AttachmentEdge,
);

export const attachmentCursors = timeCursors('attachment');

builder.objectField(UserRef, 'attachments', (t) =>
  t.connection(
    {
      type: AttachmentRef,
      authScopes: { may: 'read' },
      description: "The user's uploaded files, newest first. `FORBIDDEN` for other users.",
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('You can list only your own attachments.');
        const page = await context.attachments.page(viewer, pageRequest(args, attachmentCursors));
        return connectionOf(page, attachmentCursors, (row) => row);
      },
    },
    AttachmentConnection,
    AttachmentEdge,
  ),
);
