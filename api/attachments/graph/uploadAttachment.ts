import { builder } from '../../graph/builder.ts';
import { type Context, viewerOf } from '../../graph/context.ts';
import type { Attachment } from '../attachment.ts';
import { maxFileBytes } from '../service.ts';
import { AttachmentRef } from './attachment.ts';

builder.relayMutationField(
  'uploadAttachment',
  {
    description: 'The file to upload.',
    inputFields: (t) => ({
      file: t.field({
        type: 'Upload',
        required: true,
        description: 'The file.',
        bounds: { maxLength: maxFileBytes },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Reads a file and stores it, to attach it with `generate`. Send it as a multipart request; `PUT /api/attachments` can resume large ones. `BAD_USER_INPUT` for a file that is too large, damaged, encrypted or of another format, `QUOTA_EXCEEDED` over the storage quota.',
    resolve: async (_root, { input: { file } }, context) => {
      const bytes = Buffer.from(await file.arrayBuffer());
      return context.attachments.upload(
        viewerOf(context),
        { name: file.name, bytes, sha256: null },
        requestSignalOf(context),
      );
    },
  },
  {
    description: 'The uploaded file.',
    outputFields: (t) => ({
      attachment: t.field({
        type: AttachmentRef,
        description: 'The attachment.',
        resolve: (attachment: Attachment) => attachment,
      }),
    }),
  },
);

const never = new AbortController().signal;

/** Returns a signal that aborts when the client of an HTTP request disconnects. */
const requestSignalOf = (context: Context & { readonly request?: Request }): AbortSignal =>
  context.request?.signal ?? never;
