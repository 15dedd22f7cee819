import { z } from 'zod';
import type { Viewer } from '../../../../access/viewer.ts';
import type { Batch } from '../../../../batches/batch.ts';
import type { BatchFiles } from '../../../../batches/files/service.ts';
import type { Batches } from '../../../../batches/service.ts';
import { badInput, Failure, notFound } from '../../../../errors/failures.ts';
import type { Models } from '../../../../models/service.ts';
import { type Page, pageSizeLimit, type TimeKey } from '../../../../paging/pages.ts';
import { endpoint, json } from '../../endpoint.ts';
import type { Route } from '../../routes.ts';
import { createBatchRequest, prepareRequests } from './batchRequests.ts';
import { isOpenAIBatch, openaiBatch, openaiBatchOf } from './batchShapes.ts';
import { listOf, parseBatchId, parseFileId, unknownAfter } from './ids.ts';

export interface OpenAIBatchesDeps {
  readonly batches: Batches;
  readonly batchFiles: BatchFiles;
  readonly models: Pick<Models, 'choose'>;
}

const tag = 'OpenAI';
const parameter = 'The id of the batch.';

const limit = z.coerce.number().int().min(1).max(100).default(20).describe('Maximum objects, 1 to 100.');

export const after = z.string().max(100).optional().describe('The id of the last object of the page before.');

/** Finds a batch of OpenAI's API. Throws `NOT_FOUND`, also for a batch of a preset. */
export const findBatch = async (
  batches: Pick<Batches, 'find'>,
  viewer: Viewer,
  id: string,
): Promise<Batch> => {
  const batch = await batches.find(viewer, id);
  if (!isOpenAIBatch(batch)) throw notFound('batch');
  return batch;
};

const findAfter = async (batches: Pick<Batches, 'find'>, viewer: Viewer, id: string): Promise<Batch> => {
  try {
    return await findBatch(batches, viewer, parseBatchId(id));
  } catch (error) {
    throw error instanceof Failure && error.code === 'NOT_FOUND' ? unknownAfter() : error;
  }
};

/** Yields the viewer's batches of OpenAI's API, newest first, from the one after `after` on. */
export async function* openaiBatchesOf(
  batches: Pick<Batches, 'page'>,
  viewer: Viewer,
  after: TimeKey | null,
): AsyncGenerator<Batch, void, undefined> {
  for (let last = after; ; ) {
    const request = { direction: 'forward', size: pageSizeLimit, after: last, before: null } as const;
    const { items, hasNextPage }: Page<Batch> = await batches.page(viewer, request);
    yield* items.filter(isOpenAIBatch);
    last = items.at(-1) ?? null;
    if (!hasNextPage || last === null) return;
  }
}

/** The routes of `/v1/batches`. */
export const openaiBatchRoutes = ({ batches, batchFiles, models }: OpenAIBatchesDeps): readonly Route[] => [
  endpoint({
    method: 'POST',
    path: '/v1/batches',
    id: 'createOpenAIBatch',
    tag,
    summary: 'Run the requests of an uploaded file in the background.',
    description:
      'The requests run while no person waits for an answer. An invalid request gets status 400 and names its line; then nothing runs.',
    body: { schema: createBatchRequest, limit: 65_536 },
    answer: json('The started batch.', openaiBatch),
    errors: [403, 404, 409, 429, 503],
    async handle({ viewer, body }) {
      const { input_file_id: fileId, endpoint: of, metadata = null } = body;
      const file = parseFileId(fileId);
      if (file.kind !== 'UPLOADED') {
        throw badInput('input_file_id', 'input_file_id must be a file with the purpose "batch".');
      }
      const batch = await batches.start(viewer, async (available) => {
        const parts: string[] = [];
        for await (const part of batchFiles.parts(viewer, file.id)) parts.push(part);
        const request = { fileId: file.id, text: parts.join(''), endpoint: of, metadata };
        return prepareRequests(models, request, available);
      });
      return openaiBatchOf(batch);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/v1/batches',
    id: 'listOpenAIBatches',
    tag,
    summary: 'List your batches of requests.',
    query: z.object({ limit, after }),
    answer: json(
      'The batches, newest first.',
      z.object({
        object: z.literal('list'),
        data: z.array(openaiBatch),
        first_id: z.string().nullable(),
        last_id: z.string().nullable(),
        has_more: z.boolean(),
      }),
    ),
    errors: [403],
    async handle({ viewer, query }) {
      const before = query.after === undefined ? null : await findAfter(batches, viewer, query.after);
      const found: Batch[] = [];
      for await (const batch of openaiBatchesOf(batches, viewer, before)) {
        found.push(batch);
        if (found.length > query.limit) break;
      }
      return listOf(found.slice(0, query.limit).map(openaiBatchOf), found.length > query.limit);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/v1/batches/{batch}',
    id: 'getOpenAIBatch',
    tag,
    summary: 'Read the progress of a batch.',
    parameter,
    answer: json('The batch.', openaiBatch),
    errors: [403, 404],
    handle: async ({ viewer, parameter: id }) =>
      openaiBatchOf(await findBatch(batches, viewer, parseBatchId(id))),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/batches/{batch}/cancel',
    id: 'cancelOpenAIBatch',
    tag,
    summary: 'Cancel a batch; responses so far are kept.',
    parameter,
    answer: json('The cancelled batch.', openaiBatch),
    errors: [403, 404],
    async handle({ viewer, parameter: id }) {
      const { id: batchId } = await findBatch(batches, viewer, parseBatchId(id));
      return openaiBatchOf(await batches.cancel(viewer, batchId));
    },
  }),
];
