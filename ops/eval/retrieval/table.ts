import type { CitationFigures } from './citations.ts';
import type { Figures } from './measure.ts';

const markdown = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Returns the figures of retrieval as a Markdown table. */
export const retrievalTable = (
  results: readonly { readonly corpus: string; readonly figures: readonly Figures[] }[],
): string =>
  markdown([
    ['corpus', 'questions with', 'ranked by', 'questions', 'recall@5', 'MRR'],
    ['---', '---', '---', '---:', '---:', '---:'],
    ...results.flatMap(({ corpus, figures }) =>
      figures.map(({ wording, method, questions, recallAt5, mrr }) => [
        corpus,
        wording,
        method,
        questions,
        recallAt5.toFixed(2),
        mrr.toFixed(2),
      ]),
    ),
  ]);

/** Returns the figures of citations as a Markdown table. */
export const citationTable = (
  results: readonly { readonly corpus: string; readonly citations: CitationFigures | null }[],
): string =>
  markdown([
    ['corpus', 'answers', 'failed', 'cite a source', 'cite the right one', 'cite a number without source'],
    ['---', '---:', '---:', '---:', '---:', '---:'],
    ...results.flatMap(({ corpus, citations: found }) =>
      found ? [[corpus, found.answers, found.failed, found.citing, found.correct, found.invented]] : [],
    ),
  ]);
