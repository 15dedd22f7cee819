import { z } from 'zod';
import {
  type Batch,
  type BatchItem,
  batchItemStatuses,
  batchStatuses,
  keptMs,
} from '../../../batches/batch.ts';
import { type BatchEstimate, totalOf } from '../../../batches/estimate.ts';
import { encodeId } from '../../../graph/globalIds.ts';

const error = z
  .object({ code: z.string(), message: z.string() })
  .nullable()
  .describe('Why it failed, expired, or waits until `resumesAt`.');

export const batchShape = z.object({
  id: z.string(),
  preset: z.string().nullable().describe("The preset's name; null: a batch of OpenAI's API."),
  presetVersion: z.int().nullable(),
  endpoint: z.string().nullable().describe("The endpoint of OpenAI's API; null: a batch of a preset."),
  model: z.string().nullable(),
  status: z.enum(batchStatuses),
  total: z.int(),
  completed: z.int(),
  failed: z.int(),
  estimatedTokens: z.int(),
  promptTokens: z.int(),
  completionTokens: z.int(),
  error,
  resumesAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  deletedAt: z.iso.datetime().nullable().describe('When it will be deleted with its results.'),
});

export const shapeOf = (batch: Batch): z.input<typeof batchShape> => {
  const { work, endedAt } = batch;
  return {
    id: encodeId('Batch', batch.id),
    preset: work.kind === 'PRESET' ? work.definition.name : null,
    presetVersion: work.kind === 'PRESET' ? work.version : null,
    endpoint: work.kind === 'OPENAI' ? work.endpoint : null,
    model: batch.model,
    status: batch.status,
    total: batch.total,
    completed: batch.completed,
    failed: batch.failed,
    estimatedTokens: batch.estimatedTokens,
    promptTokens: batch.promptTokens,
    completionTokens: batch.completionTokens,
    error: batch.error,
    resumesAt: batch.resumesAt?.toISOString() ?? null,
    createdAt: batch.createdAt.toISOString(),
    expiresAt: batch.expiresAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    deletedAt: endedAt ? new Date(endedAt.getTime() + keptMs).toISOString() : null,
  };
};

export const estimateShape = z.object({
  inputs: z.int(),
  promptTokens: z.int(),
  completionTokens: z.int().describe('Of one answer for each input, without repairs.'),
  totalTokens: z.int(),
  model: z.string(),
  modelReason: z.string().nullable(),
  availableTokens: z
    .int()
    .nullable()
    .describe('What is left of the quota, without what other batches still need; null: no quota.'),
});

export const estimateShapeOf = (estimate: BatchEstimate): z.input<typeof estimateShape> => ({
  ...estimate,
  totalTokens: totalOf(estimate),
});

/** A line of the results. */
export const resultLine = z.object({
  id: z.string().describe('The id that the input was given, or else its number.'),
  number: z.int(),
  status: z.enum(batchItemStatuses),
  result: z.unknown().describe('What matches the output schema; null: there is none.'),
  text: z.string(),
  error,
  model: z.string().nullable(),
  promptTokens: z.int(),
  completionTokens: z.int(),
});

export const resultLineOf = (item: BatchItem): z.input<typeof resultLine> => ({
  id: item.key,
  number: item.number,
  status: item.status,
  result: item.result,
  text: item.text,
  error: item.error,
  model: item.model,
  promptTokens: item.promptTokens,
  completionTokens: item.completionTokens,
});
