import type { Engine } from '../../engine/engine.ts';
import { cutText } from '../../text/cutText.ts';
import { fuseRankings } from './fusion.ts';
import type { EmbeddingModel } from './indexing/embeddingModel.ts';
import type { FoundPassage } from './passage.ts';
import type { PassageScope, PassageStore } from './store/store.ts';
import { questionTerms } from './terms.ts';
import { unitVector } from './vector.ts';

export interface RetrievalDeps {
  readonly passages: Pick<PassageStore, 'indexing' | 'list' | 'matching' | 'nearest' | 'searchableIn'>;
  readonly engine: Pick<Engine, 'embed'>;
  readonly embeddingModel: (signal: AbortSignal) => Promise<EmbeddingModel | null>;
  /** The time limit for embedding a question, in ms. Default 3,000. */
  readonly embedMs?: number;
}

/** Finds the passages of documents that answer a question. */
export interface Retrieval {
  /**
   * Returns up to `limit` passages of the scope, best first: by full text and vectors together, then from the beginning of
   * the documents `firstOf`. Full text alone ranks unless all documents have vectors of the engine's model, or if the question isn't
   * embedded in time.
   */
  rank(
    scope: PassageScope,
    question: string,
    limit: number,
    firstOf?: readonly string[],
  ): Promise<readonly FoundPassage[]>;
  /** Returns those of the documents that have passages. */
  searchable(readerId: string, attachmentIds: readonly string[]): Promise<readonly string[]>;
  /** Returns the documents of collections that have passages and that the reader may read. */
  searchableIn(readerId: string, collectionIds: readonly string[]): Promise<readonly string[]>;
}

/** How many passages each ranking contributes. */
const candidates = 40;

/** The length of a question that is embedded, in UTF-16 units. */
const maxQuestionLength = 2_000;

export const createRetrieval = (deps: RetrievalDeps): Retrieval => {
  const { passages, engine } = deps;

  /** Returns the question's vector and its model; null if there is none, or if it takes too long. */
  const embedded = async (question: string) => {
    const signal = AbortSignal.timeout(deps.embedMs ?? 3_000);
    try {
      const model = await deps.embeddingModel(signal);
      const input = cutText(question, maxQuestionLength);
      if (!model || input.trim() === '') return null;
      const { vectors } = await engine.embed({ model: model.name, input: [input], truncate: true }, signal);
      const vector = unitVector(vectors[0] ?? []);
      return vector && { model, vector };
    } catch {
      // Full text answers without it.
      return null;
    }
  };

  const byVectors = async (scope: PassageScope, question: string): Promise<readonly FoundPassage[]> => {
    const states = await passages.indexing(scope.readerId, scope.attachmentIds);
    const [first] = states;
    const isComplete = states.every(
      (state) =>
        state?.passages !== null && state?.embedded === state?.passages && state?.model === first?.model,
    );
    // An incomplete ranking would hide what isn't embedded yet.
    if (!first?.model || !isComplete) return [];
    const asked = await embedded(question);
    if (asked?.model.key !== first.model) return [];
    return passages.nearest(scope, asked.model.key, asked.vector, candidates);
  };

  /** Returns the beginnings of the documents, by turns. */
  const beginnings = async (
    readerId: string,
    attachmentIds: readonly string[],
    limit: number,
  ): Promise<readonly FoundPassage[]> => {
    const lists = await Promise.all(attachmentIds.map((id) => passages.list(readerId, id, 0, limit)));
    return Array.from({ length: limit }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
  };

  return {
    async rank(scope, question, limit, firstOf = scope.attachmentIds) {
      const [terms, vectors] = await Promise.all([
        passages.matching(scope, questionTerms(question), candidates),
        byVectors(scope, question),
      ]);
      const ranked = fuseRankings([vectors, terms], keyOf).slice(0, limit);
      if (ranked.length >= limit) return ranked;
      const known = new Set(ranked.map(keyOf));
      const first = await beginnings(scope.readerId, firstOf, limit);
      const rest = first.filter((passage) => !known.has(keyOf(passage)));
      return [...ranked, ...rest].slice(0, limit);
    },
    async searchableIn(readerId, collectionIds) {
      return collectionIds.length === 0 ? [] : passages.searchableIn(readerId, collectionIds);
    },
    async searchable(readerId, attachmentIds) {
      const states = await passages.indexing(readerId, attachmentIds);
      return attachmentIds.filter((_, at) => (states[at]?.passages ?? 0) > 0);
    },
  };
};

const keyOf = ({ attachmentId, number }: FoundPassage): string => `${attachmentId}/${number}`;
