import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Viewer } from '../../../../access/viewer.ts';
import { batchLimits } from '../../../../batches/batch.ts';
import type { BatchFiles } from '../../../../batches/files/service.ts';
import type { Batches } from '../../../../batches/service.ts';
import { badInput, Failure } from '../../../../errors/failures.ts';
import { createDownloads } from '../../../responses/download.ts';
import { readBytes } from '../../../server/body.ts';
import type { Exchange } from '../../../server/exchange.ts';
import { isForm, parseForm } from '../../../server/forms.ts';
import { endpoint, json } from '../../endpoint.ts';
import type { Route } from '../../routes.ts';
import { after } from './batchRoutes.ts';
import { openaiFile, openaiFileOf } from './batchShapes.ts';
import { type FileId, fileIdOf, pageOfAll, parseFileId } from './ids.ts';
import { createOutputFiles } from './outputFiles.ts';

export interface OpenAIFilesDeps {
  readonly batches: Batches;
  readonly batchFiles: BatchFiles;
}

const tag = 'OpenAI';
const parameter = 'The id of the file.';

/** The bytes of a multipart body beside its file. */
const envelopeBytes = 65_536;

const upload = {
  description:
    'A multipart form with `file`, a JSONL file with a request on each line, and `purpose`: `batch`.',
  limit: batchLimits.bytes + envelopeBytes,
  types: ['multipart/form-data'],
};

/** OpenAI's maximum. */
const maxLimit = 10_000;

/** Maximum files on a page. */
const pageSize = 100;

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(maxLimit)
  .default(maxLimit)
  .describe('Maximum files, 1 to 10,000. A page has at most 100; `has_more` says whether there are others.');

/** The routes of `/v1/files`, for the files of batches. */
export const openaiFileRoutes = ({ batches, batchFiles }: OpenAIFilesDeps): readonly Route[] => {
  const sendContent = createDownloads('download of a file');

  const outputs = createOutputFiles(batches);

  const fileOf = async (viewer: Viewer, id: FileId): Promise<z.input<typeof openaiFile>> =>
    id.kind === 'UPLOADED'
      ? openaiFileOf(await batchFiles.find(viewer, id.id))
      : outputs.shapeOf(viewer, await outputs.find(viewer, id));

  return [
    endpoint({
      method: 'POST',
      path: '/v1/files',
      id: 'uploadOpenAIFile',
      tag,
      summary: 'Upload a file with requests for a batch.',
      upload,
      answer: json('The file.', openaiFile),
      errors: [403, 409, 429],
      async handle({ exchange, viewer }) {
        const { name, bytes } = await readForm(exchange);
        return openaiFileOf(await batchFiles.upload(viewer, name, bytes));
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/files',
      id: 'listOpenAIFiles',
      tag,
      summary: 'List your uploaded files, or those with the output and the errors of your batches.',
      query: z.object({
        limit,
        after,
        purpose: z
          .string()
          .max(100)
          .optional()
          .describe('Only files with this purpose: `batch` or `batch_output`. Absent: `batch`.'),
        order: z.enum(['asc', 'desc']).optional().describe('By time. Absent: `desc`.'),
      }),
      answer: json(
        'The files.',
        z.object({
          object: z.literal('list'),
          data: z.array(openaiFile),
          first_id: z.string().nullable(),
          last_id: z.string().nullable(),
          has_more: z.boolean(),
        }),
      ),
      errors: [403],
      async handle({ viewer, query }) {
        const { purpose = 'batch', order } = query;
        const request = { limit: Math.min(query.limit, pageSize), after: query.after ?? null };
        const sorted = <Item>(newest: readonly Item[]) => (order === 'asc' ? newest.toReversed() : newest);
        if (purpose === 'batch_output') {
          const { data, ...page } = pageOfAll(sorted(await outputs.list(viewer)), request);
          const shapes = await Promise.all(data.map((file) => outputs.shapeOf(viewer, file)));
          return { ...page, data: shapes };
        }
        const uploaded = purpose === 'batch' ? (await batchFiles.list(viewer)).map(openaiFileOf) : [];
        return pageOfAll(sorted(uploaded), request);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/files/{file}',
      id: 'getOpenAIFile',
      tag,
      summary: 'Read what a file is.',
      parameter,
      answer: json('The file.', openaiFile),
      errors: [403, 404],
      handle: async ({ viewer, parameter: id }) => fileOf(viewer, parseFileId(id)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/files/{file}/content',
      id: 'downloadOpenAIFile',
      tag,
      summary: 'Download a file, or the output or errors of a batch.',
      description: 'One download at a time per user.',
      parameter,
      answer: { description: 'The file.', types: { 'application/jsonl': z.string() } },
      errors: [403, 404, 429],
      async handle({ exchange, viewer, parameter: given }) {
        const id = parseFileId(given);
        const content =
          id.kind === 'UPLOADED'
            ? await batchFiles.find(viewer, id.id).then((file) => batchFiles.parts(viewer, file.id))
            : outputs.lines(viewer, await outputs.find(viewer, id));
        await sendContent(exchange, viewer.user.id, {
          file: `${fileIdOf(id)}.jsonl`,
          contentType: 'application/jsonl; charset=utf-8',
          open: async () => Readable.from(content),
        });
        return undefined;
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/files/{file}',
      id: 'deleteOpenAIFile',
      tag,
      summary: 'Delete an uploaded file.',
      description:
        'Batches that were started from it go on. The output and errors of a batch are deleted with the batch.',
      parameter,
      answer: json(
        'It is deleted.',
        z.object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) }),
      ),
      errors: [403, 404, 409],
      async handle({ viewer, parameter: given }) {
        const id = parseFileId(given);
        if (id.kind === 'UPLOADED') await batchFiles.delete(viewer, id.id);
        else {
          await outputs.find(viewer, id);
          throw new Failure('CONFLICT', 'This file is deleted with its batch, 30 days after the end.');
        }
        return { id: fileIdOf(id), object: 'file' as const, deleted: true as const };
      },
    }),
  ];
};

/** The largest file that OpenAI takes for a batch, in bytes. */
const maxDiscarded = 200_000_000;

/** Reads a body that is too large: a client that still sends it would see a lost connection instead of the error. */
const discard = async (request: AsyncIterable<Buffer>): Promise<void> => {
  let size = 0;
  for await (const { byteLength } of request) {
    size += byteLength;
    if (size > maxDiscarded) return;
  }
};

/** Reads the form. Throws `BAD_USER_INPUT`, and `BodyTooLarge`. */
const readForm = async ({
  request,
}: Exchange): Promise<{ readonly name: string; readonly bytes: Uint8Array }> => {
  const type = request.headers['content-type'] ?? '';
  if (!isForm(type)) {
    throw badInput('Content-Type', 'Send a form, with Content-Type: multipart/form-data.');
  }
  if (Number(request.headers['content-length'] ?? 0) > upload.limit) await discard(request);
  const body = await readBytes(request, upload.limit);
  const form = await parseForm(new Uint8Array(body), type);
  const purpose = form.get('purpose');
  if (purpose !== 'batch')
    throw badInput('purpose', 'purpose must be "batch": other files are not supported.');
  const file = form.get('file');
  if (!(file instanceof File)) throw badInput('file', 'file is missing. Send a JSONL file.');
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
};
