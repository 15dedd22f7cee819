import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import { type Batch, batchItemStatuses, batchLimits } from '../../../batches/batch.ts';
import { type FileFormat, textOfFile } from '../../../batches/inputs/parse.ts';
import type { Batches, PresetBatchRequest } from '../../../batches/service.ts';
import { badInput } from '../../../errors/failures.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { timeCursors } from '../../../paging/connections.ts';
import { pageSizeLimit } from '../../../paging/pages.ts';
import type { Presets } from '../../../presets/service.ts';
import { createDownloads } from '../../responses/download.ts';
import { readBytes } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import {
  batchShape,
  estimateShape,
  estimateShapeOf,
  resultLine,
  resultLineOf,
  shapeOf,
} from './batchShape.ts';

export interface BatchRoutesDeps {
  readonly batches: Batches;
  readonly presets: Pick<Presets, 'findByName'>;
}

const tag = 'Batches';
const cursors = timeCursors('batch');
const parameter = 'The id of the batch.';

const upload = {
  description:
    'The inputs, at most 10,000. As `application/jsonl`, a JSON object on each line: `{"id": "a", "variables": {"text": "Hello"}}`, `id` optional. As `text/csv`, a header with the names of the variables, and `id` if wanted.',
  limit: batchLimits.bytes,
  types: ['application/jsonl', 'text/csv'],
};

const requestQuery = {
  preset: z.string().min(1).max(200).describe("The preset's name, such as translate."),
  model: z.string().min(1).max(300).optional().describe("Absent: the preset's, or else the default one."),
};

/** The routes of batches of presets. */
export const batchRoutes = ({ batches, presets }: BatchRoutesDeps): readonly Route[] => {
  const sendResults = createDownloads('download of results');

  /** Reads the file, and finds the preset. */
  const requestOf = async (
    { request }: Exchange,
    viewer: Viewer,
    { preset: name, model }: { readonly preset: string; readonly model?: string | undefined },
    idempotencyKey: string | null,
  ): Promise<PresetBatchRequest> => {
    const kind = formatOf(request.headers);
    const preset = await presets.findByName(viewer, name);
    const text = textOfFile(await readBytes(request, batchLimits.bytes));
    return { preset, inputs: { kind, text }, model: model ?? null, idempotencyKey };
  };

  return [
    endpoint({
      method: 'POST',
      path: '/api/llm/batches/estimate',
      id: 'estimateBatch',
      tag,
      summary: 'Check the inputs of a batch and estimate its tokens, without running it.',
      query: z.object(requestQuery),
      upload,
      answer: json('The estimate.', estimateShape),
      errors: [403, 404, 503],
      handle: async ({ exchange, viewer, query }) =>
        estimateShapeOf(await batches.estimate(viewer, await requestOf(exchange, viewer, query, null))),
    }),
    endpoint({
      method: 'POST',
      path: '/api/llm/batches',
      id: 'runBatch',
      tag,
      summary: 'Run a preset over many inputs in the background.',
      description:
        'The inputs run while no person waits for an answer. An invalid input gets status 400 and names its line; then nothing runs. Status 409 for too many batches, 429 if the estimate exceeds the quota.',
      query: z.object({
        ...requestQuery,
        idempotencyKey: z
          .string()
          .min(1)
          .max(batchLimits.idempotencyKey)
          .optional()
          .describe('A repeated request with the same key returns the same batch.'),
      }),
      upload,
      answer: json('The started batch.', batchShape),
      errors: [403, 404, 409, 429, 503],
      async handle({ exchange, viewer, query: { idempotencyKey = null, ...query } }) {
        return shapeOf(
          await batches.runPreset(viewer, await requestOf(exchange, viewer, query, idempotencyKey)),
        );
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/llm/batches',
      id: 'listBatches',
      tag,
      summary: 'List your batches.',
      query: z.object({
        after: z.string().max(1024).optional().describe('The `next` of the previous page.'),
      }),
      answer: json(
        'At most 100 batches, newest first.',
        z.object({
          batches: z.array(batchShape),
          next: z.string().nullable().describe('The cursor of the next page; null: this is the last page.'),
        }),
      ),
      errors: [403],
      async handle({ viewer, query: { after } }) {
        const { items, hasNextPage } = await batches.page(viewer, {
          direction: 'forward',
          size: pageSizeLimit,
          after: after ? cursors.decode('after', after) : null,
          before: null,
        });
        const last = items.at(-1);
        return { batches: items.map(shapeOf), next: hasNextPage && last ? cursors.encode(last) : null };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/llm/batches/{id}',
      id: 'getBatch',
      tag,
      summary: 'Read the progress of a batch.',
      parameter,
      answer: json('The batch.', batchShape),
      errors: [403, 404],
      handle: async ({ viewer, parameter: id }) => shapeOf(await batches.find(viewer, decodeId('Batch', id))),
    }),
    endpoint({
      method: 'GET',
      path: '/api/llm/batches/{id}/results',
      id: 'downloadBatchResults',
      tag,
      summary: 'Download the results of a batch as JSON Lines.',
      description:
        'One line for each input, in order; also while the batch runs. One download at a time per user. Results are kept for 30 days after the end.',
      parameter,
      query: z.object({
        status: z.enum(batchItemStatuses).optional().describe('Only these, such as COMPLETED.'),
      }),
      answer: { description: 'The results.', types: { 'application/jsonl': resultLine } },
      errors: [403, 404, 429],
      async handle({ exchange, viewer, parameter: id, query: { status } }) {
        const batch = await batches.find(viewer, decodeId('Batch', id));
        await sendResults(exchange, viewer.user.id, {
          file: `ziggie-batch-${batch.id}.jsonl`,
          contentType: 'application/jsonl; charset=utf-8',
          open: async () => Readable.from(resultLines(batches, viewer, batch, status ? [status] : null)),
        });
        return undefined;
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/llm/batches/{id}/cancel',
      id: 'cancelBatch',
      tag,
      summary: 'Cancel a batch; results so far are kept.',
      parameter,
      answer: json('The cancelled batch; one that has ended stays as it is.', batchShape),
      errors: [403, 404],
      handle: async ({ viewer, parameter: id }) =>
        shapeOf(await batches.cancel(viewer, decodeId('Batch', id))),
    }),
    endpoint({
      method: 'DELETE',
      path: '/api/llm/batches/{id}',
      id: 'deleteBatch',
      tag,
      summary: 'Delete a batch with its inputs and results.',
      description: 'Status 409 for an unfinished batch: cancel it first.',
      parameter,
      answer: { description: 'It is deleted.', types: null },
      errors: [403, 404, 409],
      async handle({ viewer, parameter: id }) {
        await batches.delete(viewer, decodeId('Batch', id));
        return undefined;
      },
    }),
  ];
};

async function* resultLines(
  batches: Pick<Batches, 'allItems'>,
  viewer: Viewer,
  { id }: Batch,
  statuses: Parameters<Batches['allItems']>[2],
): AsyncGenerator<string, void, undefined> {
  for await (const item of batches.allItems(viewer, id, statuses)) {
    yield `${JSON.stringify(resultLineOf(item))}\n`;
  }
}

/** A form on another site can't send these types. */
const formatOf = ({ 'content-type': type = '' }: IncomingHttpHeaders): FileFormat => {
  if (/^text\/csv\b/i.test(type)) return 'CSV';
  if (/^application\/(?:jsonl|jsonlines|x-ndjson|x-jsonlines)\b/i.test(type)) return 'JSONL';
  throw badInput(
    'Content-Type',
    'Send JSON Lines with Content-Type: application/jsonl, or CSV with Content-Type: text/csv.',
  );
};
