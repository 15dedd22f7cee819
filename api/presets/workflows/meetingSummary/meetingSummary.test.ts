import { violationsOf } from '../../definition/schema.ts';
import type { Question } from '../workflow.ts';
import { meetingSummary } from './meetingSummary.ts';
import { parseTranscript } from './transcript.ts';

const vtt = `\uFEFFWEBVTT - Weekly

NOTE made by hand

1
00:00:01.000 --> 00:00:04.500 align:start
<v Ada Lovelace>We ship on <b>Friday</b>.</v>

00:00:05.000 --> 00:00:06.000
<v Ada Lovelace>Not earlier &amp; not later.</v>

00:01:10.500 --> 00:01:12.000
<v Bob>I write the notes
until Thursday.</v>
`;

const srt = `1\r
00:00:01,000 --> 00:00:04,500\r
Ada: We ship on Friday.\r
\r
2\r
01:00:05,000 --> 01:00:06,000\r
Bob: Do we test on Windows?\r
`;

describe('a transcript', () => {
  it('is read from WebVTT, with speakers and times', () => {
    expect(parseTranscript('t', vtt)).toEqual([
      { number: 1, speaker: 'Ada Lovelace', text: 'We ship on Friday. Not earlier & not later.', startS: 1 },
      { number: 2, speaker: 'Bob', text: 'I write the notes until Thursday.', startS: 70 },
    ]);
  });

  it.each(['<v'.concat(' '.repeat(300_000)), '<v a'.repeat(100_000), '<v.'.repeat(100_000)])(
    'is read in linear time: %#',
    (line) => {
      const startedAt = performance.now();
      parseTranscript('variables.transcript', `Ada: Hello\n${line}`);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it('is read from SRT', () => {
    expect(parseTranscript('t', srt)).toEqual([
      { number: 1, speaker: 'Ada', text: 'We ship on Friday.', startS: 1 },
      { number: 2, speaker: 'Bob', text: 'Do we test on Windows?', startS: 3605 },
    ]);
  });

  it('is read from text with speakers, with and without times', () => {
    const text =
      'Ada: Hello.\nHow are you?\n\n[00:12] Zoë O’Neill: Fine.\n10:05 - Ada: At 9:30: tea.\nZoë: http://x: no';
    expect(parseTranscript('t', text)).toMatchObject([
      { speaker: 'Ada', text: 'Hello. How are you?', startS: null },
      { speaker: 'Zoë O’Neill', text: 'Fine.', startS: 12 },
      { speaker: 'Ada', text: 'At 9:30: tea.', startS: 605 },
      { speaker: 'Zoë', text: 'http://x: no' },
    ]);
  });

  it('splits what is said in one go, at sentences or words', () => {
    const long = parseTranscript('t', `Ada: ${'A sentence of words. '.repeat(120)}`);
    expect(long.length).toBeGreaterThan(2);
    expect(long.every(({ text, speaker }) => text.length <= 1_000 && speaker === 'Ada')).toBe(true);
    const unbroken = parseTranscript('t', 'x'.repeat(2_500));
    expect(unbroken.map(({ text }) => text.length)).toEqual([1_000, 1_000, 500]);
  });

  it.each(['', ' \n ', 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n', '... ---'])('rejects %j', (text) => {
    expect(() => parseTranscript('variables.transcript', text)).toThrow('contains no spoken text');
  });
});

describe('a meeting summary', () => {
  const summarize = async (transcript: string, partTokens: number) => {
    const questions: Question[] = [];
    const result = await meetingSummary.run({
      values: { transcript },
      partTokens,
      ask: async (asked) => {
        questions.push(...asked);
        return asked.map((question) => {
          if (question.prompt !== undefined) return { summary: `joined ${question.prompt.length}` };
          const line = Number(/^\[(\d+)\]/.exec(String(question.values.transcript))?.[1]);
          return {
            summary: `from ${line}`,
            decisions: [{ text: 'Ship on Friday!', line }],
            actionItems: [{ owner: 'Bob', task: `task ${line}`, due: 'Thursday', line }],
            openQuestions: [],
          };
        });
      },
    });
    return { result, questions };
  };

  it('links each statement to its place', async () => {
    const { result, questions } = await summarize(vtt, 1_000);
    expect(questions[0]?.values.transcript).toBe(
      '[1] Ada Lovelace: We ship on Friday. Not earlier & not later.\n[2] Bob: I write the notes until Thursday.',
    );
    expect(result).toEqual({
      summary: 'from 1',
      decisions: [
        {
          text: 'Ship on Friday!',
          place: {
            utterance: 1,
            speaker: 'Ada Lovelace',
            quote: 'We ship on Friday. Not earlier & not later.',
            startS: 1,
          },
        },
      ],
      actionItems: [expect.objectContaining({ owner: 'Bob', task: 'task 1', due: 'Thursday' })],
      openQuestions: [],
    });
    expect(violationsOf(meetingSummary.schema, result)).toEqual([]);
  });

  it('summarizes a long meeting by parts, and then the parts', async () => {
    const long = Array.from(
      { length: 120 },
      (_, index) => `Speaker ${index % 3}: Sentence ${index} about the plan of the next release.`,
    ).join('\n');
    const { result, questions } = await summarize(long, 250);
    const parts = questions.filter(({ prompt }) => prompt === undefined);
    expect(parts.length).toBeGreaterThan(10);
    expect(
      parts
        .map(({ values }) => values.transcript)
        .join('\n')
        .split('\n'),
    ).toHaveLength(120);
    // Groups of ten summaries, then the summaries of the groups.
    expect(questions.length - parts.length).toBe(Math.ceil(parts.length / 10) + 1);
    expect(result.summary).toMatch(/^joined/);
    expect(result.decisions).toHaveLength(1);
    expect(result.actionItems).toHaveLength(parts.length);
  });
});
