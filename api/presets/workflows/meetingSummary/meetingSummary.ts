import type { OutputSchema } from '../../preset.ts';
import { packLines } from '../pack.ts';
import type { Workflow } from '../workflow.ts';
import { parseTranscript, type Utterance } from './transcript.ts';

/** Where in the transcript a statement was made. */
export interface TranscriptPlace {
  /** The number of the utterance, from 1. */
  readonly utterance: number;
  readonly speaker: string | null;
  /** What was said there. */
  readonly quote: string;
  /** Seconds from the start of the meeting; null: the transcript has no times. */
  readonly startS: number | null;
}

export interface MeetingStatement {
  readonly text: string;
  readonly place: TranscriptPlace;
}

export interface ActionItem {
  /** Empty: nobody was named. */
  readonly owner: string;
  readonly task: string;
  /** As it was said, such as "Friday"; empty: no date was named. */
  readonly due: string;
  readonly place: TranscriptPlace;
}

export interface MeetingSummary {
  readonly summary: string;
  readonly decisions: readonly MeetingStatement[];
  readonly actionItems: readonly ActionItem[];
  readonly openQuestions: readonly MeetingStatement[];
}

interface PartAnswer {
  readonly summary: string;
  readonly decisions: readonly { readonly text: string; readonly line: number }[];
  readonly actionItems: readonly {
    readonly owner: string;
    readonly task: string;
    readonly due: string;
    readonly line: number;
  }[];
  readonly openQuestions: readonly { readonly text: string; readonly line: number }[];
}

const text = (maxLength: number, minLength = 0) => ({ type: 'string', minLength, maxLength });

const object = (properties: Readonly<Record<string, unknown>>): OutputSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const list = (maxItems: number, items: OutputSchema) => ({ type: 'array', maxItems, items });

const summaryText = text(400, 1);

/** The answer to a part may refer to its lines only. */
const partSchema = (part: readonly Utterance[]): OutputSchema => {
  const line = { enum: part.map(({ number }) => number) };
  const statement = object({ text: text(140, 1), line });
  return object({
    summary: summaryText,
    decisions: list(4, statement),
    actionItems: list(4, object({ owner: text(40), task: text(140, 1), due: text(40), line })),
    openQuestions: list(3, statement),
  });
};

const place = object({
  utterance: { type: 'integer' },
  speaker: { type: ['string', 'null'] },
  quote: { type: 'string' },
  startS: { type: ['number', 'null'] },
});
const statements = { type: 'array', items: object({ text: { type: 'string' }, place }) };

const schema = object({
  summary: { type: 'string' },
  decisions: statements,
  actionItems: {
    type: 'array',
    items: object({
      owner: { type: 'string' },
      task: { type: 'string' },
      due: { type: 'string' },
      place,
    }),
  },
  openQuestions: statements,
});

/** Summarizes a transcript; a long one by parts, and then the summaries of the parts. */
export const meetingSummary: Workflow<MeetingSummary> = {
  input: 'transcript',
  schema,
  async run({ values, partTokens, ask }) {
    const utterances = parseTranscript('variables.transcript', String(values.transcript));
    const lines = utterances.map((each) => ({ ...each, text: lineOf(each) }));
    const parts = packLines('variables.transcript', lines, partTokens, 'utterance');
    const answers = (await ask(
      parts.map((part) => ({
        values: { ...values, transcript: part.map((line) => line.text).join('\n') },
        schema: partSchema(part),
      })),
    )) as readonly PartAnswer[];
    const placeOf = (line: number): TranscriptPlace => {
      const said = utterances[line - 1];
      return {
        utterance: line,
        speaker: said?.speaker ?? null,
        quote: said?.text ?? '',
        startS: said?.startS ?? null,
      };
    };
    const statementsOf = (name: 'decisions' | 'openQuestions'): readonly MeetingStatement[] =>
      distinct(
        answers.flatMap((answer) => answer[name]),
        ({ text }) => text,
      ).map(({ text, line }) => ({ text, place: placeOf(line) }));
    return {
      summary: await summarize(
        answers.map(({ summary }) => summary),
        ask,
        values,
      ),
      decisions: statementsOf('decisions'),
      actionItems: distinct(
        answers.flatMap(({ actionItems }) => actionItems),
        ({ owner, task }) => `${owner} ${task}`,
      ).map(({ owner, task, due, line }) => ({ owner, task, due, place: placeOf(line) })),
      openQuestions: statementsOf('openQuestions'),
    };
  },
};

/** Parts have 400 characters of summary at most, so the summaries of ten fit into every context. */
const maxJoined = 10;

/** Returns one summary of the summaries of parts, in steps if there are many. */
const summarize = async (
  summaries: readonly string[],
  ask: Parameters<typeof meetingSummary.run>[0]['ask'],
  values: Parameters<typeof meetingSummary.run>[0]['values'],
): Promise<string> => {
  const [only = ''] = summaries;
  if (summaries.length <= 1) return only;
  const groups = Array.from({ length: Math.ceil(summaries.length / maxJoined) }, (_, index) =>
    summaries.slice(index * maxJoined, (index + 1) * maxJoined),
  );
  const answers = (await ask(
    groups.map((group) => ({
      values,
      schema: object({ summary: summaryText }),
      prompt: `These are summaries of consecutive parts of one meeting. Write one summary of the whole meeting.\n\n${group
        .map((summary, index) => `${index + 1}. ${summary}`)
        .join('\n')}`,
    })),
  )) as readonly { readonly summary: string }[];
  return summarize(
    answers.map(({ summary }) => summary),
    ask,
    values,
  );
};

const lineOf = ({ number, speaker, text: said }: Utterance): string =>
  `[${number}] ${speaker === null ? '' : `${speaker}: `}${said}`;

/** Returns the items without those whose text repeats an earlier one's, regardless of case and punctuation. */
const distinct = <Item>(items: readonly Item[], textOf: (item: Item) => string): readonly Item[] => {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = textOf(item)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};
