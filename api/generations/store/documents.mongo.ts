import type { Collection } from 'mongodb';
import type { EngineFormat } from '../../engine/engine.ts';
import type { ActiveGeneration, Generation, GenerationPatch, GivenPrompt } from '../generation.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly generations: Collection<GenerationDocument>;
  }
}

export interface GenerationDocument
  extends Omit<Generation, 'id' | 'format' | 'prompt' | 'toolCalls' | 'queuedAt' | 'fingerprint'> {
  readonly _id: string;
  /** JSON: keys of a schema may begin with `$`, which would mean something to the server or the driver. */
  readonly format: string | null;
  /** JSON. */
  readonly prompt: string | null;
  /** JSON. */
  readonly toolCalls: string | null;
  /** Absent in documents of earlier releases. */
  readonly queuedAt?: Date;
  /** Absent from documents of earlier releases. */
  readonly fingerprint?: string | null;
  /** Absent where there is no key, so that a sparse index may be unique. */
  readonly ownersKey?: string;
}

/** What an `ActiveGeneration` is read from. */
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

/** Of an owner's idempotency key. Ids hold no space. */
export const ownersKeyOf = (ownerId: string, idempotencyKey: string): string =>
  `${ownerId} ${idempotencyKey}`;

export const generationDocumentOf = (generation: Generation): GenerationDocument => {
  const { id, format, prompt, toolCalls, ...rest } = generation;
  return {
    _id: id,
    ...rest,
    format: format && JSON.stringify(format),
    prompt: prompt && JSON.stringify(prompt),
    toolCalls: toolCalls && JSON.stringify(toolCalls),
    ...(rest.idempotencyKey !== null && { ownersKey: ownersKeyOf(rest.ownerId, rest.idempotencyKey) }),
  };
};

export const generationOf = (document: GenerationDocument): Generation => {
  const { _id, ownersKey: _, format, prompt, toolCalls, ...rest } = document;
  return {
    id: _id,
    ...rest,
    queuedAt: rest.queuedAt ?? rest.createdAt,
    fingerprint: rest.fingerprint ?? null,
    format: format === null ? null : (JSON.parse(format) as EngineFormat),
    prompt: prompt === null ? null : (JSON.parse(prompt) as GivenPrompt),
    toolCalls: toolCalls === null ? null : (JSON.parse(toolCalls) as Generation['toolCalls']),
  };
};

/** What a patch sets. */
export const generationChangesOf = ({
  prompt,
  toolCalls,
  ...patch
}: GenerationPatch): Partial<GenerationDocument> => ({
  ...patch,
  ...(prompt !== undefined && { prompt: prompt && JSON.stringify(prompt) }),
  ...(toolCalls !== undefined && { toolCalls: toolCalls && JSON.stringify(toolCalls) }),
});
