import { createHash } from 'node:crypto';
import { Failure } from '../../errors/failures.ts';
import type { Generation } from '../generation.ts';
import type { GenerationStore } from '../store/store.ts';
import { loadStartedAnswer, type StartedAnswer, type StartedAnswerDeps } from './startedAnswer.ts';

/** Tells a retry of a request from another request. */
export interface RequestIdentity {
  readonly idempotencyKey: string | null;
  readonly fingerprint: string;
  /** The user's message that the request writes; null if it writes none. */
  readonly content: string | null;
}

/** Returns the identity of an operation with this input. */
export const identityOf = (
  operation: string,
  input: { readonly idempotencyKey: string | null },
  content: string | null,
): RequestIdentity => {
  const { idempotencyKey, ...rest } = input;
  return { idempotencyKey, fingerprint: fingerprintOf(operation, rest), content };
};

/**
 * Returns the SHA-256 of an operation and its input, in hexadecimal. It is stored with the idempotency key, to tell a
 * retry from another request with the same key. The order of object keys doesn't count; an undefined field counts as
 * absent.
 */
const fingerprintOf = (operation: string, input: object): string =>
  createHash('sha256')
    .update(JSON.stringify([operation, input], sortKeys))
    .digest('hex');

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

export interface IdempotencyDeps extends StartedAnswerDeps {
  readonly generations: GenerationStore;
}

/**
 * Returns the answer that an earlier try of this request started, or null. Throws `CONFLICT` if another request used its
 * key.
 */
export const findEarlierAnswer = async (
  deps: IdempotencyDeps,
  ownerId: string,
  identity: RequestIdentity,
): Promise<StartedAnswer | null> => {
  const { idempotencyKey: key } = identity;
  const generation = key === null ? null : await deps.generations.findByIdempotencyKey(ownerId, key);
  return generation && loadEarlierAnswer(deps, identity, generation);
};

/**
 * Returns the answer of `generation`, which has the request's key. Throws `CONFLICT` if another request started it.
 */
export const loadEarlierAnswer = async (
  deps: StartedAnswerDeps,
  { fingerprint, content }: RequestIdentity,
  generation: Generation,
): Promise<StartedAnswer> => {
  if (generation.fingerprint !== null && generation.fingerprint !== fingerprint) throw keyUsed();
  const answer = await loadStartedAnswer(deps, generation);
  // Generations of earlier releases have no fingerprint: only the content can be compared.
  const isOtherContent = content !== null && answer.userMessage.content !== content;
  if (generation.fingerprint === null && isOtherContent) throw keyUsed();
  return answer;
};

const keyUsed = () =>
  new Failure(
    'CONFLICT',
    'This idempotencyKey was used for another request. Use a new key for each new request.',
  );
