import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Engine } from '../engine/engine.ts';
import { estimateTextTokens } from '../engine/estimate.ts';
import { badInput, engineTimeout, promptTooLong } from '../errors/failures.ts';
import type { AnswerLimits } from '../limits/running/answerLimits.ts';
import type { Models } from '../models/service.ts';
import type { Ids } from '../process/ids.ts';
import type { Reservations } from '../usage/reservations/reservations.ts';
import type { UsageStore } from '../usage/store/store.ts';
import { dayOf } from '../usage/usage.ts';
import { embeddingHolderId, maxEmbedMs } from './holder.ts';

export interface EmbedInput {
  /** Null: the first installed model with the capability `embedding`. */
  readonly model: string | null;
  /** The texts. */
  readonly input: readonly string[];
  /** The length of the vectors; null: the model's own. */
  readonly dimensions: number | null;
  /** Whether a text that exceeds the context is cut at its end instead of rejected. */
  readonly truncate: boolean;
  /** Whether vectors get the Euclidean length 1, default true; see `EmbedRequest`. */
  readonly normalize?: boolean;
}

export interface EmbedResult {
  /** The name of the model that computed them. */
  readonly model: string;
  /** One vector per text, in their order, each of Euclidean length 1 unless `normalize` is false. */
  readonly vectors: readonly (readonly number[])[];
  /** The tokens of all texts together. */
  readonly promptTokens: number;
  /** How long the engine took, in ms. */
  readonly totalMs: number;
}

export interface EmbeddingsService {
  /**
   * Computes embeddings. They count as usage, and towards the rate limit, the running limit and the quotas of answers.
   * Throws `BAD_USER_INPUT`, `PROMPT_TOO_LARGE`, `MODEL_NOT_FOUND`, `FORBIDDEN`, `RATE_LIMITED`, `QUOTA_EXCEEDED`,
   * `ENGINE_UNAVAILABLE`, `ENGINE_TIMEOUT`, `ENGINE_FAILED`; `signal.reason` after an abort.
   */
  embed(viewer: Viewer, input: EmbedInput, signal: AbortSignal): Promise<EmbedResult>;
}

/** The limits of a request. The number of texts is that of OpenAI's API. */
export const embedLimits = {
  texts: 2_048,
  /** UTF-16 units of all texts together. */
  characters: 1_000_000,
  dimensions: 16_384,
} as const;

export interface EmbeddingsDeps {
  readonly engine: Pick<Engine, 'embed'>;
  readonly models: Pick<Models, 'resolveForEmbedding'>;
  readonly answerLimits: AnswerLimits;
  readonly reservations: Pick<Reservations, 'reserve' | 'settle' | 'release'>;
  readonly usage: Pick<UsageStore, 'add'>;
  readonly ids: Ids;
  readonly clock: () => Date;
}

export const createEmbeddings = (deps: EmbeddingsDeps): EmbeddingsService => {
  const { engine, models, answerLimits, reservations } = deps;

  /** Runs `work` in a running slot of the caller. Throws `RATE_LIMITED`. */
  const inSlot = async <Result>(viewer: Viewer, id: string, work: () => Promise<Result>): Promise<Result> => {
    const release = await answerLimits.acquireSlot(viewer, { id, attempt: 1 });
    try {
      return await work();
    } finally {
      // If that fails, the slot is released once it is older than any request.
      await release?.().catch(() => {});
    }
  };

  return {
    async embed(viewer, given, signal) {
      demand(viewer, 'generate');
      checkInput(given);
      const { input, dimensions, truncate, normalize = true } = given;
      const model = await models.resolveForEmbedding(given.model);
      const ownerId = viewer.user.id;
      const id = embeddingHolderId(deps.ids.next());
      const tokens = input.reduce((sum, text) => sum + estimateTextTokens(text), 0);
      return inSlot(viewer, id, async () => {
        await reservations.reserve({
          ownerId,
          id,
          attempt: 1,
          minTokens: tokens,
          wantedTokens: tokens,
          state: 'waiting',
        });
        try {
          await answerLimits.checkRate(viewer);
          const startedAt = performance.now();
          const timeout = AbortSignal.timeout(maxEmbedMs);
          const { vectors, promptTokens } = await engine
            .embed(
              { model: model.name, input, truncate, normalize, ...(dimensions !== null && { dimensions }) },
              AbortSignal.any([signal, timeout]),
            )
            .catch((error: unknown) => {
              throw timeout.aborted && !signal.aborted ? tookTooLong() : error;
            });
          const totalMs = performance.now() - startedAt;
          await reservations.settle(ownerId, id, 1, () =>
            deps.usage.add({
              ownerId,
              day: dayOf(deps.clock()),
              model: model.name,
              generations: 0,
              cached: 0,
              promptTokens,
              completionTokens: 0,
            }),
          );
          return { model: model.name, vectors, promptTokens, totalMs };
        } catch (error) {
          await reservations.release(ownerId, id, 1);
          throw error;
        }
      });
    },
  };
};

const tookTooLong = () =>
  engineTimeout(
    `The embeddings took longer than ${maxEmbedMs / 60_000} min. Send fewer or shorter texts per request.`,
  );

const checkInput = ({ input, dimensions }: EmbedInput): void => {
  if (input.length === 0) throw badInput('input', 'input is empty. Send at least one text.');
  if (input.length > embedLimits.texts) {
    throw badInput(
      'input',
      `input has ${input.length} texts; it may have at most ${embedLimits.texts}. Send them in several requests.`,
    );
  }
  const empty = input.findIndex((text) => text.trim() === '');
  if (empty >= 0) throw badInput('input', `input[${empty}] is empty. Leave it out.`);
  const characters = input.reduce((sum, text) => sum + text.length, 0);
  if (characters > embedLimits.characters) throw promptTooLong(characters, embedLimits.characters);
  if (dimensions === null) return;
  if (Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= embedLimits.dimensions) return;
  throw badInput(
    'dimensions',
    `dimensions is ${dimensions}; it must be a whole number from 1 to ${embedLimits.dimensions}.`,
  );
};
