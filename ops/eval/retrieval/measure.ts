import { newAttachment } from '../../../api/attachments/attachments.testing.ts';
import {
  embeddedText,
  type FoundPassage,
  type NewPassage,
} from '../../../api/attachments/passages/passage.ts';
import { createRetrieval } from '../../../api/attachments/passages/retrieve.ts';
import { questionTerms } from '../../../api/attachments/passages/terms.ts';
import { unitVector } from '../../../api/attachments/passages/vector.ts';
import { createDocumentReader } from '../../../api/attachments/reading/reader.ts';
import { openTemporaryStores } from '../../../api/sqlite/stores.testing.ts';
import { newId } from '../../../api/stores/stores.contract.ts';
import { type Corpus, type Question, type Wording, wordings } from './corpora.ts';

/** An embedding model. */
export interface Embedder {
  readonly model: string;
  /** Returns one vector per text, in the same order. */
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

export type Method = 'full text' | 'vectors' | 'both';

/** How well a method finds the passages that answer the questions of one wording. */
export interface Figures {
  readonly method: Method;
  readonly wording: Wording;
  readonly questions: number;
  /** The share of questions whose answer is among the first five passages. */
  readonly recallAt5: number;
  /** The mean of 1 / rank of the passage that answers, 0 if it isn't among the first 40. */
  readonly mrr: number;
}

/** How many passages each method may return. */
const depth = 40;
const batchSize = 16;

/**
 * Indexes the corpus like uploads, in a temporary store, and ranks its passages for each question. Without an embedder, full
 * text is measured alone. Calls `report` with the number of embedded passages and of all.
 */
export const measureRetrieval = async (
  { documents, questions }: Corpus,
  embedder: Embedder | null,
  report: (embedded: number, passages: number) => void = () => {},
): Promise<readonly Figures[]> => {
  const stores = await openTemporaryStores();
  const reader = createDocumentReader();
  const ownerId = newId();
  try {
    const indexed: {
      readonly id: string;
      readonly text: string;
      readonly passages: readonly NewPassage[];
    }[] = [];
    for (const { name, text } of documents) {
      const attachment = newAttachment({ ownerId, name });
      await stores.attachments.insert(attachment, text);
      const passages = await reader.split(ownerId, 'TEXT', name, text, new AbortController().signal);
      await stores.passages.insert(ownerId, attachment.id, passages);
      indexed.push({ id: attachment.id, text, passages });
    }
    if (embedder) {
      const all = indexed.reduce((sum, { passages }) => sum + passages.length, 0);
      let embedded = 0;
      for (const { id, text, passages } of indexed) {
        await stores.passages.begin(ownerId, id, embedder.model);
        for (let from = 0; from < passages.length; from += batchSize) {
          const batch = passages.slice(from, from + batchSize);
          const vectors = await embedder.embed(batch.map((passage) => embeddedText(text, passage)));
          const stored = batch.map(({ number }, at) => ({ number, vector: vectorOf(vectors[at]) }));
          await stores.passages.embed(ownerId, id, embedder.model, stored);
          embedded += batch.length;
          report(embedded, all);
        }
      }
    }

    const scope = { readerId: ownerId, attachmentIds: indexed.map(({ id }) => id) };
    const retrieval = createRetrieval({
      passages: stores.passages,
      embeddingModel: async () => embedder && { name: embedder.model, key: embedder.model },
      embedMs: 60_000,
      engine: {
        embed: async ({ input }) => ({ vectors: (await embedder?.embed(input)) ?? [], promptTokens: 0 }),
      },
    });
    const methods: Readonly<Record<Method, ((text: string) => Promise<readonly FoundPassage[]>) | null>> = {
      'full text': (text) => stores.passages.matching(scope, questionTerms(text), depth),
      vectors:
        embedder &&
        (async (text) => {
          const [vector] = await embedder.embed([text]);
          return stores.passages.nearest(scope, embedder.model, vectorOf(vector), depth);
        }),
      both: embedder && ((text) => retrieval.rank(scope, text, depth)),
    };

    const rankOf = ({ quote }: Question, found: readonly FoundPassage[]): number | null => {
      const holder = indexed.find(({ text }) => text.includes(quote));
      if (!holder) throw new Error(`No document has "${quote}".`);
      const at = holder.text.indexOf(quote);
      const rank = found.findIndex(
        ({ attachmentId, start, end }) =>
          attachmentId === holder.id && start <= at && at + quote.length <= end,
      );
      return rank < 0 ? null : rank + 1;
    };
    const figures: Figures[] = [];
    for (const [method, rank] of Object.entries(methods)) {
      if (rank === null) continue;
      for (const wording of wordings) {
        const asked = questions.filter((question) => question.wording === wording);
        const ranks: (number | null)[] = [];
        for (const question of asked) ranks.push(rankOf(question, await rank(question.text)));
        figures.push({
          method: method as Method,
          wording,
          questions: asked.length,
          recallAt5: mean(ranks.map((each) => (each !== null && each <= 5 ? 1 : 0))),
          mrr: mean(ranks.map((each) => (each === null ? 0 : 1 / each))),
        });
      }
    }
    return figures;
  } finally {
    await stores.close();
  }
};

const vectorOf = (values: readonly number[] | undefined): Float32Array => {
  const vector = unitVector(values ?? []);
  if (!vector) throw new Error('The model returned no vector for a text.');
  return vector;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
