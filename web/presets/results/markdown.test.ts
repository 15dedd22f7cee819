import { markdownOf } from './markdown.ts';

const place = { utterance: 3, speaker: 'Ada', quote: 'We ship.', startS: 63 };

describe('a result as Markdown', () => {
  it('has the findings of a review with their patches', () => {
    const finding = {
      file: 'a.ts',
      line: 3,
      severity: 'HIGH',
      category: 'BUG',
      title: 'Off by one',
      explanation: 'The last item is skipped.',
      suggestion: 'x',
      patch: '@@ -3,1 +3,1 @@\n-a\n+```b\n',
    } as const;
    const review = { summary: 'One bug.', verdict: 'REQUEST_CHANGES', findings: [finding] } as const;
    expect(markdownOf({ workflow: 'CODE_REVIEW', value: review }, '')).toBe(
      '## Changes needed\n\nOne bug.\n\n### `a.ts:3` Off by one (high)\n\nThe last item is skipped.\n\n````diff\n@@ -3,1 +3,1 @@\n-a\n+```b\n````',
    );
  });

  it('has the action items of a meeting with their places, and no empty lists', () => {
    const value = {
      summary: 'Short.',
      decisions: [{ text: 'Ship on Friday', place }],
      actionItems: [
        {
          owner: 'Bob',
          task: 'Write notes',
          due: 'Thursday',
          place: { ...place, startS: null, speaker: null },
        },
      ],
      openQuestions: [],
    };
    expect(markdownOf({ workflow: 'MEETING_SUMMARY', value }, '')).toBe(
      '## Summary\n\nShort.\n\n## Decisions\n\n- Ship on Friday (Ada, 1:03)\n\n## Action items\n\n- **Bob:** Write notes (due Thursday) (line 3)',
    );
  });

  it('has the cause and the commands of an error', () => {
    const value = {
      cause: 'x is undefined.',
      location: '',
      steps: ['Define x.'],
      commands: ['npm test'],
      confidence: 'LOW',
    } as const;
    expect(markdownOf({ workflow: 'ERROR_EXPLANATION', value }, '')).toBe(
      '## Cause\n\nx is undefined.\n\n**Confidence:** low\n\n## Fix\n\n1. Define x.\n\n## Commands\n\n```sh\nnpm test\n```',
    );
  });

  it('is the text without a schema, and JSON with another one', () => {
    expect(markdownOf({ workflow: null, value: null }, 'Hallo')).toBe('Hallo');
    expect(markdownOf({ workflow: null, value: { a: 1 } }, '')).toBe('```json\n{\n  "a": 1\n}\n```');
  });
});
