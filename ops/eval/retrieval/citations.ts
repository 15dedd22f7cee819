import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../service.ts';
import type { Corpus } from './corpora.ts';

/** How well answers cite their sources. */
export interface CitationFigures {
  readonly answers: number;
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

/**
 * Uploads documents of the corpus, and asks the first `count` questions that they answer, each in a new conversation with all
 * of them. `model` null: the default one.
 */
export const measureCitations = async (
  service: Service,
  { documents, questions }: Corpus,
  count: number,
  model: string | null,
  report: (answered: number) => void = () => {},
): Promise<CitationFigures> => {
  const chosen = documents.slice(0, maxAttachments);
  const asked = questions
    .filter(({ quote }) => chosen.some(({ text }) => text.includes(quote)))
    .slice(0, count);
  const results: { readonly cited: readonly number[]; readonly sources: readonly Source[]; quote: string }[] =
    [];
  for (const { text, quote } of asked) {
    // An attachment belongs to the conversation that it is sent in.
    const attachments: string[] = [];
    for (const document of chosen) attachments.push(await upload(service, document));
    const answer = await answerOf(service, { prompt: text, attachments, ...(model && { model }) });
    results.push({ cited: citedIn(answer.text), sources: answer.sources, quote });
    report(results.length);
  }
  const is = (test: (result: (typeof results)[number]) => boolean) => results.filter(test).length;
  return {
    answers: results.length,
    citing: is(({ cited, sources }) => sources.some(({ number }) => cited.includes(number))),
    correct: is(({ cited, sources, quote }) =>
      sources.some(({ number, text }) => cited.includes(number) && text?.includes(quote)),
    ),
    invented: is(({ cited, sources }) =>
      cited.some((number) => !sources.some((source) => source.number === number)),
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

const answerOf = async (
  { client }: Service,
  input: { readonly prompt: string; readonly attachments: readonly string[] },
): Promise<{ readonly text: string; readonly sources: readonly Source[] }> => {
  const { generate } = await client.request<{ generate: { generation: { id: string } } }, object>(
    'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
    { input: { ...input, idempotencyKey: crypto.randomUUID() } },
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
    if (node.status !== 'QUEUED' && node.status !== 'RUNNING')
      throw new Error(`An answer is ${node.status}.`);
    if (performance.now() > giveUpAt) throw new Error('An answer took more than ten minutes.');
    await sleep(200);
  }
};
