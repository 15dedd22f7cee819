import type { Collection } from 'mongodb';
import type { EngineFormat } from '../../engine/engine.ts';
import type { ToolUse } from '../../tools/toolCall.ts';
import type {
  ActiveGeneration,
  Generation,
  GenerationPatch,
  GivenPrompt,
  UnfinishedGeneration,
} from '../generation.ts';
import { toolUseOf } from './toolUseAfter.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly generations: Collection<GenerationDocument>;
  }
}

export interface GenerationDocument
  extends Omit<
    Generation,
    'id' | 'format' | 'prompt' | 'toolCalls' | 'toolUse' | 'logprobs' | 'queuedAt' | 'fingerprint'
  > {
  readonly _id: string;
  /** JSON: keys of a JSON Schema may begin with `$`, which has a meaning for the server and the driver. */
  readonly format: string | null;
  /** JSON. */
  readonly prompt: string | null;
  /** JSON. */
  readonly toolCalls: string | null;
  /** JSON. Absent without tools that the server runs. */
  readonly toolUse?: string;
  /** Absent in documents of earlier releases. */
  readonly logprobs?: Generation['logprobs'];
  /** Absent in documents of earlier releases. */
  readonly queuedAt?: Date;
  /** Absent in documents of earlier releases. */
  readonly fingerprint?: string | null;
  /** Absent without an idempotency key: the unique index is sparse. */
  readonly ownersKey?: string;
  /** That of the prompt, for queries without it. Absent: a person waits. */
  readonly isBackground?: true;
}

/** The projection from which an `ActiveGeneration` is read. */
export interface ActiveGenerationDocument extends Omit<ActiveGeneration, 'id'> {
  readonly _id: string;
}

export const activeFields = {
  ownerId: 1,
  conversationId: 1,
  model: 1,
  status: 1,
  attempt: 1,
  createdAt: 1,
  startedAt: 1,
} as const satisfies Record<Exclude<keyof ActiveGenerationDocument, '_id'>, 1>;

/** The projection from which an `UnfinishedGeneration` is read. */
export type UnfinishedDocument = Pick<
  GenerationDocument,
  '_id' | 'ownerId' | 'status' | 'attempt' | 'queuedAt' | 'createdAt' | 'isBackground'
>;

export const unfinishedFields = {
  ownerId: 1,
  status: 1,
  attempt: 1,
  queuedAt: 1,
  createdAt: 1,
  isBackground: 1,
} as const satisfies Record<Exclude<keyof UnfinishedDocument, '_id'>, 1>;

export const unfinishedGenerationOf = ({
  _id,
  ownerId,
  status,
  attempt,
  queuedAt,
  createdAt,
  isBackground,
}: UnfinishedDocument): UnfinishedGeneration => ({
  id: _id,
  ownerId,
  status,
  attempt,
  queuedAt: queuedAt ?? createdAt,
  isBackground: isBackground ?? false,
});

/** Returns the unique value of an owner's idempotency key. Ids contain no space. */
export const ownersKeyOf = (ownerId: string, idempotencyKey: string): string =>
  `${ownerId} ${idempotencyKey}`;

export const generationDocumentOf = (generation: Generation): GenerationDocument => {
  const { id, format, prompt, toolCalls, toolUse, ...rest } = generation;
  return {
    _id: id,
    ...rest,
    format: format && JSON.stringify(format),
    prompt: prompt && JSON.stringify(prompt),
    toolCalls: toolCalls && JSON.stringify(toolCalls),
    ...(toolUse && { toolUse: JSON.stringify(toolUse) }),
    ...(prompt?.isBackground && { isBackground: true as const }),
    ...(rest.idempotencyKey !== null && { ownersKey: ownersKeyOf(rest.ownerId, rest.idempotencyKey) }),
  };
};

export const generationOf = (document: GenerationDocument): Generation => {
  const { _id, ownersKey: _, isBackground: __, format, prompt, toolCalls, toolUse, ...rest } = document;
  return {
    id: _id,
    ...rest,
    queuedAt: rest.queuedAt ?? rest.createdAt,
    fingerprint: rest.fingerprint ?? null,
    logprobs: rest.logprobs ?? null,
    format: format === null ? null : (JSON.parse(format) as EngineFormat),
    prompt: prompt === null ? null : (JSON.parse(prompt) as GivenPrompt),
    toolCalls: toolCalls === null ? null : (JSON.parse(toolCalls) as Generation['toolCalls']),
    ...(toolUse !== undefined && { toolUse: toolUseOf(JSON.parse(toolUse) as ToolUse, rest) }),
  };
};

/** Returns the fields that a patch sets. */
export const generationChangesOf = ({
  prompt,
  toolCalls,
  toolUse,
  ...patch
}: GenerationPatch): Partial<GenerationDocument> => ({
  ...patch,
  ...(prompt !== undefined && { prompt: prompt && JSON.stringify(prompt) }),
  ...(toolCalls !== undefined && { toolCalls: toolCalls && JSON.stringify(toolCalls) }),
  ...(toolUse !== undefined && { toolUse: JSON.stringify(toolUse) }),
});
