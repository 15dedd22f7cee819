import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../service.ts';
import type { Corpus } from './corpora.ts';

/** How well answers cite their sources. */
export interface CitationFigures {
  readonly answers: number;
  /** Answers that failed, or took longer than ten minutes. */
  readonly failed: number;
  /** Answers that cite at least one of their sources. */
  readonly citing: number;
  /** Answers that cite the passage that answers the question. */
  readonly correct: number;
  /** Answers that cite a number that no source has. */
  readonly invented: number;
}

interface Source {
  readonly number: number;
  readonly text: string | null;
}

/** The attachments that one question may have. */
const maxAttachments = 10;
const maxAnswerMs = 10 * 60_000;
const maxIndexingMs = 60 * 60_000;

export interface CitationOptions {
  /** The number of questions. */
  readonly count: number;
  /** The model that answers; null: the default one. */
  readonly model: string | null;
  /** Whether the service has an embedding model: then questions wait until their documents are indexed. */
  readonly isEmbedding: boolean;
  /** Called with the number of answers so far. */
  readonly report: (answered: number) => void;
}

/**
 * Uploads documents of the corpus, and asks the first questions that they answer, each in a temporary conversation of its own with
 * all of them.
 */
export const measureCitations = async (
  service: Service,
  { documents, questions }: Corpus,
  { count, model, isEmbedding, report }: CitationOptions,
): Promise<CitationFigures> => {
  const chosen = documents.slice(0, maxAttachments);
  const asked = questions
    .filter(({ quote }) => chosen.some(({ text }) => text.includes(quote)))
    .slice(0, count);
  const results: {
    readonly cited: readonly number[];
    /** Null: there is no answer. */
    readonly sources: readonly Source[] | null;
    readonly quote: string;
  }[] = [];
  for (const { text, quote } of asked) {
    // An attachment belongs to the conversation that it is sent in.
    const attachments: string[] = [];
    for (const document of chosen) attachments.push(await upload(service, document));
    if (isEmbedding) await untilIndexed(service, attachments);
    const answer = await answerOf(service, { prompt: text, attachments, ...(model && { model }) });
    results.push({ cited: citedIn(answer?.text ?? ''), sources: answer?.sources ?? null, quote });
    report(results.length);
  }
  const is = (test: (result: (typeof results)[number]) => boolean) => results.filter(test).length;
  return {
    answers: results.length,
    failed: is(({ sources }) => sources === null),
    citing: is(({ cited, sources }) => sources?.some(({ number }) => cited.includes(number)) ?? false),
    correct: is(
      ({ cited, sources, quote }) =>
        sources?.some(({ number, text }) => cited.includes(number) && text?.includes(quote)) ?? false,
    ),
    invented: is(({ cited, sources }) =>
      cited.some((number) => !sources?.some((source) => source.number === number)),
    ),
  };
};

/** Returns the numbers in `[1]` and `[1, 2]`. */
const citedIn = (text: string): readonly number[] =>
  [...text.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)].flatMap(([, numbers = '']) =>
    numbers.split(',').map(Number),
  );

const upload = async (
  { url, token }: Service,
  { name, text }: Corpus['documents'][number],
): Promise<string> => {
  const response = await fetch(`${url}/api/attachments?name=${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}` },
    body: text,
  });
  if (!response.ok) throw new Error(`${name} was not uploaded: ${await response.text()}`);
  return (await response.json()).id;
};

/** Resolves when all attachments have their vectors. */
const untilIndexed = async ({ client }: Service, ids: readonly string[]): Promise<void> => {
  const read = 'query ($id: ID!) { node(id: $id) { ... on Attachment { indexing { state } } } }';
  const giveUpAt = performance.now() + maxIndexingMs;
  for (const id of ids) {
    for (;;) {
      const { node } = await client.request<{ node: { indexing: { state: string } } }, object>(read, { id });
      if (node.indexing.state === 'DONE' || node.indexing.state === 'NONE') break;
      if (performance.now() > giveUpAt) throw new Error('Indexing took more than an hour.');
      await sleep(500);
    }
  }
};

/** Resolves to a completed answer; null if it failed or took too long. */
const answerOf = async (
  { client }: Service,
  input: { readonly prompt: string; readonly attachments: readonly string[] },
): Promise<{ readonly text: string; readonly sources: readonly Source[] } | null> => {
  const { generate } = await client.request<{ generate: { generation: { id: string } } }, object>(
    'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
    { input: { ...input, temporary: true, idempotencyKey: crypto.randomUUID() } },
  );
  const read =
    'query ($id: ID!) { node(id: $id) { ... on Generation { status text message { sources { number text } } } } }';
  const giveUpAt = performance.now() + maxAnswerMs;
  for (;;) {
    const { node } = await client.request<
      { node: { status: string; text: string; message: { sources: readonly Source[] } } },
      object
    >(read, { id: generate.generation.id });
    if (node.status === 'COMPLETED') return { text: node.text, sources: node.message.sources };
    const isOver = node.status !== 'QUEUED' && node.status !== 'RUNNING';
    if (isOver || performance.now() > giveUpAt) return null;
    await sleep(200);
  }
};
