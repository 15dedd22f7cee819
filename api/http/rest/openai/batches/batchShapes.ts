import { z } from 'zod';
import {
  type Batch,
  type BatchItem,
  type BatchStatus,
  isOpen,
  openaiEndpoints,
} from '../../../../batches/batch.ts';
import { type BatchFile, fileKeptMs } from '../../../../batches/files/file.ts';
import { Failure } from '../../../../errors/failures.ts';
import { openaiFailureOf } from '../openaiErrors.ts';
import { seconds, secondsOf } from '../openaiResponses.ts';
import { batchIdOf, fileIdOf } from './ids.ts';

export const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((values) => Object.keys(values).length <= 16, 'must have at most 16 keys')
  .nullish()
  .describe('At most 16 texts by name, which the answers repeat.');

export const openaiFile = z.object({
  id: z.string(),
  object: z.literal('file'),
  bytes: z.int(),
  created_at: seconds,
  expires_at: seconds.optional(),
  filename: z.string(),
  purpose: z.enum(['batch', 'batch_output']),
  status: z.literal('processed'),
});

export const openaiFileOf = ({ id, name, bytes, createdAt }: BatchFile): z.infer<typeof openaiFile> => ({
  id: fileIdOf({ kind: 'UPLOADED', id }),
  object: 'file',
  bytes,
  created_at: secondsOf(createdAt),
  expires_at: secondsOf(new Date(createdAt.getTime() + fileKeptMs)),
  filename: name,
  purpose: 'batch',
  status: 'processed',
});

const statuses = {
  PREPARING: 'validating',
  RUNNING: 'in_progress',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  EXPIRED: 'expired',
} as const satisfies Record<BatchStatus, string>;

const optionalSeconds = seconds.nullable();

export const openaiBatch = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.enum(openaiEndpoints),
  errors: z
    .object({
      object: z.literal('list'),
      data: z.array(
        z.object({
          code: z.string(),
          message: z.string(),
          param: z.string().nullable(),
          line: z.int().nullable(),
        }),
      ),
    })
    .nullable(),
  input_file_id: z.string(),
  completion_window: z.literal('24h'),
  status: z.enum(Object.values(statuses)),
  output_file_id: z.string().nullable().describe('The responses; null until the batch has ended.'),
  error_file_id: z.string().nullable().describe('The requests that failed; null until the batch has ended.'),
  created_at: seconds,
  in_progress_at: optionalSeconds,
  expires_at: seconds,
  finalizing_at: optionalSeconds,
  completed_at: optionalSeconds,
  failed_at: optionalSeconds,
  expired_at: optionalSeconds,
  cancelling_at: optionalSeconds,
  cancelled_at: optionalSeconds,
  request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
  usage: z.object({
    input_tokens: z.int(),
    input_tokens_details: z.object({ cached_tokens: z.int() }),
    output_tokens: z.int(),
    output_tokens_details: z.object({ reasoning_tokens: z.int() }),
    total_tokens: z.int(),
  }),
  metadata: z.record(z.string(), z.string()).nullable(),
});

export const isOpenAIBatch = (batch: Batch): boolean => batch.work.kind === 'OPENAI';

export const openaiBatchOf = (batch: Batch): z.infer<typeof openaiBatch> => {
  const { work, status, error, endedAt, total, completed, failed, promptTokens, completionTokens } = batch;
  if (work.kind !== 'OPENAI') throw new Error(`batch ${batch.id} is not of OpenAI's API`);
  const ended = endedAt === null ? null : secondsOf(endedAt);
  const endedAs = (...of: readonly BatchStatus[]) => (of.includes(status) ? ended : null);
  const hasEnded = !isOpen(status);
  return {
    id: batchIdOf(batch.id),
    object: 'batch',
    endpoint: work.endpoint,
    // A pause, such as for a used-up quota, is an error that passes.
    errors: error && {
      object: 'list',
      data: [{ code: error.code.toLowerCase(), message: error.message, param: null, line: null }],
    },
    input_file_id: fileIdOf({ kind: 'UPLOADED', id: work.fileId }),
    completion_window: '24h',
    status: statuses[status],
    output_file_id: hasEnded && completed > 0 ? fileIdOf({ kind: 'OUTPUT', batchId: batch.id }) : null,
    error_file_id: hasEnded && completed < total ? fileIdOf({ kind: 'ERRORS', batchId: batch.id }) : null,
    created_at: secondsOf(batch.createdAt),
    in_progress_at: status === 'PREPARING' ? null : secondsOf(batch.createdAt),
    expires_at: secondsOf(batch.expiresAt),
    finalizing_at: endedAs('COMPLETED'),
    completed_at: endedAs('COMPLETED'),
    failed_at: endedAs('FAILED'),
    expired_at: endedAs('EXPIRED'),
    cancelling_at: endedAs('CANCELLED'),
    cancelled_at: endedAs('CANCELLED'),
    request_counts: { total, completed, failed },
    usage: {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: promptTokens + completionTokens,
    },
    metadata: work.metadata,
  };
};

/** Returns a line of the output or of the errors. */
export const responseLineOf = (item: BatchItem, { status }: Pick<Batch, 'status'>): object => {
  const head = { id: `batch_req_${item.id}`, custom_id: item.key };
  const response = (statusCode: number, body: unknown) => ({
    ...head,
    response: { status_code: statusCode, request_id: item.id, body },
    error: null,
  });
  if (item.error) {
    const { status: statusCode, body } = openaiFailureOf(new Failure(item.error.code, item.error.message));
    return response(statusCode, body);
  }
  if (item.status === 'COMPLETED') return response(200, item.result);
  const how = statuses[status];
  const message = `The batch was ${how} before this request.`;
  return { ...head, response: null, error: { code: `batch_${how}`, message } };
};
