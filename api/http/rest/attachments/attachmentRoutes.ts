import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { type ByRole, forEveryRole } from '../../../access/byRole.ts';
import type { Attachment } from '../../../attachments/attachment.ts';
import { maxFileNameLength } from '../../../attachments/fileName.ts';
import { type Attachments, maxFileBytes, maxPartBytes } from '../../../attachments/service.ts';
import { attachmentFormats } from '../../../config/values/attachmentFormats.ts';
import { badInput } from '../../../errors/failures.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';
import { sendJson } from '../../responses/json.ts';
import { readBytes } from '../../server/body.ts';
import { disconnectOf } from '../../server/clientDisconnect.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { partOf, sha256HeaderOf } from './uploadHeaders.ts';

const tag = 'Attachments';

/** The bytes of a multipart body beside its files. */
const envelopeBytes = 1_000_000;

/** The time a client may read nothing of a download, in ms. */
const idleMs = 60_000;

/** Returns the maximum size of a body with a file, for any role, in bytes. */
export const maxUploadBytes = (limit: ByRole<number>): number =>
  Math.min(
    maxFileBytes,
    Math.max(
      ...Object.keys(forEveryRole(null)).map((role) => limit[role as keyof typeof limit] ?? maxFileBytes),
    ),
  ) + envelopeBytes;

const attachmentSchema = z.object({
  id: z.string().describe('The global id, for `attachments` of the mutation `generate`.'),
  name: z.string(),
  format: z.enum(attachmentFormats),
  mediaType: z.string(),
  size: z.int().describe('Bytes of the stored file.'),
  sha256: z.string().describe('SHA-256 of the stored file, in hexadecimal.'),
  pages: z.int().nullable(),
  tokens: z.int().describe('The estimated tokens of its text.'),
  preview: z.string().describe('The beginning of its text.'),
  createdAt: z.iso.datetime(),
});

const uploaded = z.union([
  attachmentSchema,
  z.object({ received: z.int().describe('The bytes received so far: where the next part begins.') }),
]);

const asJson = (attachment: Attachment): z.input<typeof attachmentSchema> => ({
  id: encodeId('Attachment', attachment.id),
  name: attachment.name,
  format: attachment.format,
  mediaType: attachment.mediaType,
  size: attachment.size,
  sha256: attachment.sha256,
  pages: attachment.pages,
  tokens: attachment.tokens,
  preview: attachment.preview,
  createdAt: attachment.createdAt.toISOString(),
});

/** Creates the routes that upload, download and delete attachments. `limit` is the maximum body, in bytes. */
export const attachmentRoutes = (attachments: Attachments, limit: number): readonly Route[] => [
  endpoint({
    method: 'PUT',
    path: '/api/attachments',
    id: 'uploadAttachment',
    tag,
    summary: 'Upload a file, whole or in parts.',
    description: `The header \`Repr-Digest: sha-256=:…:\` (RFC 9530) has the checksum of the whole file, in base64. With \`Content-Range: bytes 0-8388607/20000000\` the body is one part, of at most ${maxPartBytes} bytes; it then needs the checksum, which identifies the upload. The answer 202 says how much has been received. \`Content-Range: bytes */20000000\` with an empty body asks for that, to resume.`,
    query: z.object({
      name: z.string().min(1).max(maxFileNameLength).describe('The name of the file.'),
    }),
    upload: { description: 'The bytes of the file, or of a part of it.', limit },
    answer: json('The attachment.', uploaded),
    also: { 202: 'A part is stored; more are needed.' },
    errors: [403, 429, 503],
    async handle({ exchange, viewer, query: { name } }) {
      const { request } = exchange;
      const part = partOf(request.headers);
      const sha256 = sha256HeaderOf(request.headers);
      const signal = disconnectOf(exchange);
      if (part === null) {
        const bytes = await readBytes(request, limit);
        return asJson(await attachments.upload(viewer, { name, bytes, sha256 }, signal));
      }
      if (sha256 === null) {
        throw badInput('Repr-Digest', 'A part needs the header Repr-Digest: sha-256=:…: of the whole file.');
      }
      const bytes = await readBytes(request, maxPartBytes);
      if (bytes.byteLength !== part.length) {
        throw badInput(
          'Content-Range',
          `The body has ${bytes.byteLength} bytes; Content-Range says ${part.length}.`,
        );
      }
      const { offset, total } = part;
      const progress = await attachments.uploadPart(viewer, { name, sha256, offset, total, bytes }, signal);
      if ('attachment' in progress) return asJson(progress.attachment);
      sendJson(exchange, 202, progress);
      return undefined;
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/attachments/{id}',
    id: 'downloadAttachment',
    tag,
    summary: 'Download a file.',
    parameter: 'The global id of the attachment.',
    answer: { description: 'The file.', types: { 'application/octet-stream': z.string() } },
    errors: [403, 404, 429],
    async handle({ exchange, viewer, parameter }) {
      const { request, response } = exchange;
      const id = decodeId('Attachment', parameter);
      if (request.method === 'HEAD') {
        response.writeHead(200, headersOf(await attachments.find(viewer, id))).end();
        return undefined;
      }
      const { attachment, source } = await attachments.open(viewer, id);
      try {
        // Before the headers, because it can be rejected.
        await exchange.openStream();
        response.writeHead(200, headersOf(attachment));
        response.setTimeout(idleMs, () => response.destroy());
        await pipeline(source, response);
      } catch (error) {
        source.destroy();
        throw error;
      }
      return undefined;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/attachments/{id}',
    id: 'deleteAttachment',
    tag,
    summary: 'Delete a file, also from the messages that have it.',
    parameter: 'The global id of the attachment.',
    answer: { description: 'It is deleted.', types: null },
    errors: [403, 404],
    async handle({ viewer, parameter }) {
      await attachments.delete(viewer, decodeId('Attachment', parameter));
      return undefined;
    },
  }),
];

/**
 * The headers of a download. Only images, which were encoded again, are shown in place; everything else is saved, and has
 * no type that a browser would render. The policy keeps even a page that is opened from it from doing anything.
 */
const headersOf = ({
  format,
  mediaType,
  name,
  size,
  sha256,
}: Attachment): Record<string, string | number> => {
  const isImage = format === 'IMAGE';
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return {
    'Content-Type': isImage ? mediaType : 'application/octet-stream',
    'Content-Length': size,
    // RFC 6266: both forms, because old programs know only the first.
    'Content-Disposition': `${isImage ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    // The file never changes, but another user of this browser must not get it.
    'Cache-Control': 'private, no-cache',
    ETag: `"${sha256}"`,
  };
};
