import { actionLines, parseActions } from '../../api/presets/workflows/agentHealing/agentHealing.ts';
import { parseChanges } from '../../api/presets/workflows/codeReview/changes.ts';
import { parseTranscript } from '../../api/presets/workflows/meetingSummary/transcript.ts';
import type { PresetRun } from '../../client/public.ts';
import { readCases } from './cases.ts';
import {
  dockerVerdicts,
  errorVerdicts,
  healingVerdicts,
  meetingVerdicts,
  reviewVerdicts,
  unsafeCommands,
} from './rules.ts';
import { rowsOf, tableOf } from './table.ts';

const cases = readCases();

const run = (given: Partial<PresetRun>): PresetRun =>
  ({
    codeReview: null,
    errorExplanation: null,
    meetingSummary: null,
    dockerPlan: null,
    healingDiagnosis: null,
    ...given,
  }) as PresetRun;

const passed = (verdicts: readonly { readonly passed: boolean }[]) =>
  verdicts.map((verdict) => verdict.passed);

describe('the cases of npm run eval', () => {
  it('are at least twenty for each preset, with names of their own', () => {
    for (const own of Object.values(cases)) {
      expect(own.length).toBeGreaterThanOrEqual(20);
      expect(new Set(own.map(({ name }) => name)).size).toBe(own.length);
    }
  });

  it('plant each bug in an added line', () => {
    const planted = cases['code-review'].flatMap(({ name, diff, line, clean }) => {
      const lines = parseChanges('diff', diff, null).flatMap((hunk) => hunk.lines);
      const isAdded = lines.some((each) => each.number === line && each.isAdded);
      return isAdded === (clean !== true) ? [] : [name];
    });
    expect(planted).toEqual([]);
  });

  it('have transcripts in which the owners of action items speak', () => {
    const wrong = cases['meeting-summary'].filter(({ transcript, actionItems }) => {
      const speakers = parseTranscript('t', transcript).map(({ speaker }) => speaker);
      return !actionItems.every(({ owner }) => speakers.includes(owner));
    });
    expect(wrong).toEqual([]);
  });

  it('tell good results from bad ones', () => {
    const [error] = cases['error-explanation'];
    const [meeting] = cases['meeting-summary'];
    const [review] = cases['code-review'];
    if (!error || !meeting || !review) throw new Error('there are no cases');
    const explanation = {
      cause: 'The key price is missing.',
      location: 'orders.py:31',
      steps: ['Check it.'],
      commands: ['rm -rf /'],
      confidence: 'HIGH' as const,
    };
    expect(passed(errorVerdicts(error, run({ errorExplanation: explanation })))).toEqual([true, true]);
    expect(passed(errorVerdicts(error, run({})))).toEqual([false, false]);
    expect(unsafeCommands(run({ errorExplanation: explanation }))).toEqual(['rm -rf /']);

    const place = { utterance: 1, speaker: 'Bob', quote: '', startS: null };
    const minutes = {
      summary: '',
      decisions: [{ text: 'Ship on Friday', place }],
      actionItems: [{ owner: 'Bob', task: 'Write the release notes', due: '', place }],
      openQuestions: [],
    };
    expect(passed(meetingVerdicts(meeting, run({ meetingSummary: minutes })))).toEqual([true, true, true]);
    const invented = { ...minutes, actionItems: [{ owner: 'Zed', task: 'Sing', due: '', place }] };
    expect(passed(meetingVerdicts(meeting, run({ meetingSummary: invented })))).toEqual([false, true, false]);

    const finding = {
      file: 'users.js',
      line: review.line ?? 0,
      severity: 'HIGH' as const,
      category: 'SECURITY' as const,
      title: 'SQL injection',
      explanation: '',
      suggestion: '',
      patch: null,
    };
    const found = { summary: '', verdict: 'REQUEST_CHANGES' as const, findings: [finding] };
    expect(passed(reviewVerdicts(review, run({ codeReview: found })))).toEqual([true, true]);
    const elsewhere = { ...found, findings: [{ ...finding, line: 90 }] };
    expect(passed(reviewVerdicts(review, run({ codeReview: elsewhere })))).toEqual([false, false]);
    const clean = { ...review, clean: true as const };
    expect(passed(reviewVerdicts(clean, run({ codeReview: found })))).toEqual([false]);
  });

  it('tell good plans of Docker commands from bad ones', () => {
    const [docker] = cases.docker;
    if (!docker) throw new Error('there are no cases');
    const { expects, changes } = docker;
    const planOf = (command: string, name: 'LOGS' | 'STOP', container: string) => ({
      summary: '',
      commands: [
        {
          command,
          name,
          container,
          lines: null,
          explanation: '',
          risk: 'NONE' as const,
          readOnly: name === 'LOGS',
        },
      ],
      rejected: [],
    });
    expect([expects, changes]).toEqual([['logs web'], []]);
    const good = run({ dockerPlan: planOf('docker logs --tail 100 web', 'LOGS', 'web') });
    expect(passed(dockerVerdicts(docker, good))).toEqual([true, true]);
    expect(unsafeCommands(good)).toEqual([]);
    const bad = run({ dockerPlan: planOf('docker stop web; reboot', 'STOP', 'web') });
    expect(passed(dockerVerdicts(docker, bad))).toEqual([false, false]);
    expect(unsafeCommands(bad)).toEqual(['docker stop web; reboot']);
    expect(passed(dockerVerdicts(docker, run({})))).toEqual([false, false]);
  });

  it('name each allowed change and each expected container in the request', () => {
    const wrong = cases.docker.filter(({ request, output = '', expects, changes }) => {
      const named = (text: string, from: string) => from.includes(text.split(' ')[1] ?? '');
      return !(
        changes.every((text) => named(text, request)) &&
        expects.every((text) => named(text, request + output))
      );
    });
    expect(wrong).toEqual([]);
  });

  it('tell good diagnoses of agents from bad ones', () => {
    const [healing] = cases['agent-healing'];
    const unclear = cases['agent-healing'].find((each) => each.unclear);
    if (!healing || !unclear) throw new Error('there are no cases');
    const diagnosed = (action: string | null, confidence: number) =>
      run({ healingDiagnosis: { diagnosis: 'It is full.', action, explanation: '', confidence } });
    expect(passed(healingVerdicts(healing, diagnosed('shrink-batches', 0.8)))).toEqual([true, true]);
    expect(passed(healingVerdicts(healing, diagnosed('wipe-disk', 1)))).toEqual([false, false]);
    expect(passed(healingVerdicts(healing, diagnosed(null, 0.1)))).toEqual([false, true]);
    expect(passed(healingVerdicts(unclear, diagnosed(unclear.expects[0] ?? '', 0.9))).at(-1)).toBe(false);
    expect(passed(healingVerdicts(unclear, diagnosed(null, 0.9))).at(-1)).toBe(true);
    expect(passed(healingVerdicts(healing, run({})))).toEqual([false, false]);
  });

  it('expect only actions that the agent declares, in names that the service accepts', () => {
    const wrong = cases['agent-healing'].filter(({ actions, expects }) => {
      const declared = Object.entries(actions).map(([name, description]) => ({ name, description }));
      const names = parseActions('actions', actionLines(declared)).map(({ name }) => name);
      return !expects.every((name) => name === 'none' || names.includes(name));
    });
    expect(wrong).toEqual([]);
  });

  it('become a table', () => {
    const result = {
      preset: 'code-review' as const,
      name: 'x',
      isValid: true,
      repairs: 1,
      verdicts: [
        { rule: 'a', passed: true },
        { rule: 'b', passed: false },
      ],
      unsafe: [],
      seconds: 2,
      problem: null,
    };
    expect(
      tableOf(rowsOf('small', [result]))
        .split('\n')
        .at(-1),
    ).toBe('| code-review | small | 1 of 1 | 1 | 1 of 2 | 0 | 2.0 |');
  });
});
