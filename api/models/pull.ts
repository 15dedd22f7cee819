import { z } from 'zod';
import { isAllowedModel } from '../engine/allowedModels.ts';
import { badInput, forbidden } from '../errors/failures.ts';

const bytes = z.number().nullable();

/** The progress of one Ollama. `backend` is its address; null if there is only one. */
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
  /** The latest step of each Ollama that fetches it. */
  steps: z.array(step),
  /** The failure, if it failed at all of them. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** A pull of a model, running or ended. */
export type Pull = z.infer<typeof pull>;

export const hasEnded = ({ status }: Pull): boolean => status !== 'RUNNING';

/** Returns the sum over all Ollamas, of the known counts; null while none is known. */
export const sumOf = ({ steps }: Pull, what: 'receivedBytes' | 'totalBytes'): number | null => {
  const known = steps.map((one) => one[what]).filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
};

/** Maximum UTF-16 units of the name of a model to pull. */
export const maxNameLength = 200;

const libraryName = /^(\w[\w.-]*\/)?\w[\w.-]*(:[\w.-]+)?$/;
const registryName = /^\w[\w.-]*(:\d+)?\/\w[\w.-]*\/\w[\w.-]*(:[\w.-]+)?$/;

/**
 * Validates the name of a model to pull: `model`, `model:tag` or `namespace/model:tag`. The address of another registry
 * before it needs a pattern in `allowed` (`MODELS_ALLOWED`; null: unset). Throws `BAD_USER_INPUT`, `FORBIDDEN`.
 */
export const checkPullName = (name: string, allowed: readonly string[] | null): string => {
  const isName = libraryName.test(name) || (allowed !== null && registryName.test(name));
  if (name.length > maxNameLength || !isName) {
    throw badInput(
      'name',
      'This is not a model name. Use a name from ollama.com/library: model, model:tag or namespace/model:tag.',
    );
  }
  if (allowed === null || isAllowedModel(name, allowed)) return name;
  throw forbidden(`Model "${name}" is not allowed by MODELS_ALLOWED.`);
};
