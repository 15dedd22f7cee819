import { z } from 'zod';
import { isAllowedModel } from '../engine/allowedModels.ts';
import { badInput, forbidden } from '../errors/failures.ts';

const bytes = z.number().nullable();

/** How far one Ollama is; `backend` is its address, null where there is only one. */
const step = z.object({
  backend: z.string().nullable(),
  state: z.enum(['running', 'done', 'failed']),
  message: z.string(),
  receivedBytes: bytes,
  totalBytes: bytes,
});

export const pull = z.object({
  /** ULID. */
  id: z.string(),
  /** With its tag. */
  model: z.string(),
  status: z.enum(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED']),
  /** The last of each Ollama that fetches it. */
  steps: z.array(step),
  /** Why it failed everywhere. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** A model being fetched, or one that was. */
export type Pull = z.infer<typeof pull>;

export const hasEnded = ({ status }: Pull): boolean => status !== 'RUNNING';

/** Of all that is to be fetched everywhere, as far as that is known; null while nothing is. */
export const sumOf = ({ steps }: Pull, what: 'receivedBytes' | 'totalBytes'): number | null => {
  const known = steps.map((one) => one[what]).filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
};

/** UTF-16 units of the name of a model to fetch. */
export const maxNameLength = 200;

const ofLibrary = /^(\w[\w.-]*\/)?\w[\w.-]*(:[\w.-]+)?$/;
const ofRegistry = /^\w[\w.-]*(:\d+)?\/\w[\w.-]*\/\w[\w.-]*(:[\w.-]+)?$/;

/**
 * Ollama's names: `namespace/model:tag`. Another registry's address before it is taken only where `allowed`
 * (`MODELS_ALLOWED`; null: not set) has it: what comes from elsewhere nobody chose. Throws `BAD_USER_INPUT`, `FORBIDDEN`.
 */
export const checkPullName = (name: string, allowed: readonly string[] | null): string => {
  const isName = ofLibrary.test(name) || (allowed !== null && ofRegistry.test(name));
  if (name.length > maxNameLength || !isName) {
    throw badInput(
      'name',
      'A model to fetch is named as at ollama.com/library: model, model:tag or namespace/model:tag.',
    );
  }
  if (allowed === null || isAllowedModel(name, allowed)) return name;
  throw forbidden(`${name} is not of the models that are allowed here (MODELS_ALLOWED).`);
};
