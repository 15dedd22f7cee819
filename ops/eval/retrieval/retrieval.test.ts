import { facts, generatedCorpus, type Wording } from './corpora.ts';
import { type Embedder, type Figures, type Method, measureRetrieval } from './measure.ts';
import { retrievalTable } from './table.ts';

/** A model that knows the synonyms of the register: texts about the same thing have about the same direction. */
const embedder: Embedder = {
  model: 'synonyms',
  embed: async (texts) =>
    texts.map((text) =>
      facts.map((words) => (words.slice(0, 2).some((word) => text.includes(word)) ? 1 : 0.1)),
    ),
};

const of = (figures: readonly Figures[], method: Method, wording: Wording) =>
  figures.find((each) => each.method === method && each.wording === wording);

describe('the evaluation of retrieval', () => {
  it('measures full text, vectors and both, for questions with the same words and with others', async () => {
    const figures = await measureRetrieval(generatedCorpus(), embedder);
    expect(figures).toHaveLength(6);
    expect(figures.every(({ questions }) => questions === 120)).toBe(true);
    expect(of(figures, 'full text', 'same words')).toMatchObject({ recallAt5: 1, mrr: 1 });
    // The name of the place is all that the question shares with the register, and 12 entries have it.
    expect(of(figures, 'full text', 'other words')?.recallAt5).toBeLessThan(0.6);
    // The thing is all that the vector knows, and 20 places have one.
    expect(of(figures, 'vectors', 'other words')?.recallAt5).toBeLessThan(0.6);
    expect(of(figures, 'both', 'other words')?.recallAt5).toBe(1);
    expect(retrievalTable([{ corpus: 'register', figures }]).split('\n')).toHaveLength(8);
  }, 60_000);

  it('measures full text alone without a model', async () => {
    const figures = await measureRetrieval(generatedCorpus(), null);
    expect(figures.map(({ method }) => method)).toEqual(['full text', 'full text']);
  }, 60_000);
});
