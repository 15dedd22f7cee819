import type { EngineFormat } from '../engine/engine.ts';
import type { Generation, GenerationPatch, GivenPrompt } from './generation.ts';

export interface GenerationDocument extends Omit<Generation, 'id' | 'format' | 'prompt'> {
  readonly _id: string;
  /** JSON: keys of a schema may begin with `$`, which would mean something to the server or the driver. */
  readonly format: string | null;
  /** JSON. */
  readonly prompt: string | null;
  /** Absent where there is no key, so that a sparse index may be unique. */
  readonly ownersKey?: string;
}

/** Of an owner's idempotency key. Ids hold no space. */
export const ownersKeyOf = (ownerId: string, idempotencyKey: string): string =>
  `${ownerId} ${idempotencyKey}`;

export const generationDocumentOf = (generation: Generation): GenerationDocument => {
  const { id, format, prompt, ...rest } = generation;
  return {
    _id: id,
    ...rest,
    format: format && JSON.stringify(format),
    prompt: prompt && JSON.stringify(prompt),
    ...(rest.idempotencyKey !== null && { ownersKey: ownersKeyOf(rest.ownerId, rest.idempotencyKey) }),
  };
};

export const generationOf = (document: GenerationDocument): Generation => {
  const { _id, ownersKey: _, format, prompt, ...rest } = document;
  return {
    id: _id,
    ...rest,
    format: format === null ? null : (JSON.parse(format) as EngineFormat),
    prompt: prompt === null ? null : (JSON.parse(prompt) as GivenPrompt),
  };
};

/** What a patch sets. */
export const generationChangesOf = ({ prompt, ...patch }: GenerationPatch): Partial<GenerationDocument> => ({
  ...patch,
  ...(prompt !== undefined && { prompt: prompt && JSON.stringify(prompt) }),
});
