import type { Collection } from 'mongodb';
import {
  type Batch,
  type BatchInputText,
  type BatchItem,
  type BatchItemStatus,
  type BatchOutcome,
  itemIdOf,
} from '../batch.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly batches: Collection<BatchDocument>;
    readonly batchItems: Collection<BatchItemDocument>;
  }
}

type Content = Pick<Batch, 'apiKeyId' | 'fingerprint' | 'work' | 'model' | 'estimatedTokens'>;

export interface BatchDocument extends Omit<Batch, 'id' | keyof Content> {
  readonly _id: string;
  /** JSON: schemas have keys that MongoDB doesn't take. */
  readonly content: string;
}

export interface BatchItemDocument {
  readonly _id: string;
  readonly batchId: string;
  readonly ownerId: string;
  readonly number: number;
  readonly key: string;
  /** JSON. */
  readonly input: string;
  readonly status: BatchItemStatus;
  readonly attempt: number;
  /** Absent: 0. */
  readonly failures?: number;
  readonly crashes: number;
  /**
   * When it may be claimed; of a claimed one, when the claim expires, also if the batch ended meanwhile. Absent once it has
   * ended.
   */
  readonly dueAt?: Date;
  /** JSON; null: it has not ended. */
  readonly output: string | null;
  /** Of an ended one, to count them. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export const batchDocumentOf = ({
  id,
  apiKeyId,
  fingerprint,
  work,
  model,
  estimatedTokens,
  ...batch
}: Batch): BatchDocument => {
  const content: Content = { apiKeyId, fingerprint, work, model, estimatedTokens };
  return { _id: id, ...batch, content: JSON.stringify(content) };
};

export const batchOf = ({ _id, content, ...batch }: BatchDocument): Batch => ({
  id: _id,
  ...(JSON.parse(content) as Content),
  ...batch,
});

export const newItemDocument = (
  { id: batchId, ownerId, createdAt }: Pick<Batch, 'id' | 'ownerId' | 'createdAt'>,
  number: number,
  { key, json: input }: BatchInputText,
): BatchItemDocument => ({
  _id: itemIdOf(batchId, number),
  batchId,
  ownerId,
  number,
  key,
  input,
  status: 'PENDING',
  attempt: 0,
  crashes: 0,
  dueAt: new Date(0),
  output: null,
  promptTokens: 0,
  completionTokens: 0,
  createdAt,
  finishedAt: null,
});

/** For the migration from SQLite: an ended item keeps its outcome, an unfinished one is due at once. */
export const itemDocumentOf = (item: BatchItem): BatchItemDocument => {
  const { id, result, text, error, model, promptTokens, completionTokens, input, ...rest } = item;
  const outcome: BatchOutcome = { result, text, error, model, promptTokens, completionTokens };
  const hasEnded = item.finishedAt !== null;
  const isDue = item.status === 'PENDING' || item.status === 'RUNNING';
  return {
    _id: id,
    ...rest,
    input: JSON.stringify(input),
    promptTokens,
    completionTokens,
    output: hasEnded ? JSON.stringify(outcome) : null,
    ...(isDue && { dueAt: new Date(0) }),
  };
};

const withoutOutcome: BatchOutcome = {
  result: null,
  text: '',
  error: null,
  model: null,
  promptTokens: 0,
  completionTokens: 0,
};

export const itemOf = ({ _id, input, output, dueAt: _, ...item }: BatchItemDocument): BatchItem => ({
  id: _id,
  ...withoutOutcome,
  failures: 0,
  ...item,
  ...(output !== null && (JSON.parse(output) as BatchOutcome)),
  input: JSON.parse(input),
});
