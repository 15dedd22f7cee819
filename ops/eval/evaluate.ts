import { type Client, type PresetRun, ZiggieError } from '../../client/public.ts';
import { type EvaluatedPreset, readCases } from './cases.ts';
import {
  dockerVerdicts,
  errorVerdicts,
  healingVerdicts,
  meetingVerdicts,
  reviewVerdicts,
  unsafeCommands,
  type Verdict,
} from './rules.ts';

/** What ran: the preset that stands for the built-in one, and the model; null: its own. */
export interface Subject {
  readonly preset: string | null;
  readonly model: string | null;
}

export interface CaseResult {
  readonly preset: EvaluatedPreset;
  readonly name: string;
  /** Whether an answer matched the schema. */
  readonly isValid: boolean;
  readonly repairs: number;
  readonly verdicts: readonly Verdict[];
  readonly unsafe: readonly string[];
  readonly seconds: number;
  /** Why there is no result; null: there is one. */
  readonly problem: string | null;
}

interface Case {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  judge(run: PresetRun): readonly Verdict[];
}

const casesOf = (preset: EvaluatedPreset): readonly Case[] => {
  const all = readCases();
  switch (preset) {
    case 'error-explanation':
      return all[preset].map((each) => ({
        name: each.name,
        variables: { log: each.log },
        judge: (run) => errorVerdicts(each, run),
      }));
    case 'meeting-summary':
      return all[preset].map((each) => ({
        name: each.name,
        variables: { transcript: each.transcript },
        judge: (run) => meetingVerdicts(each, run),
      }));
    case 'docker':
      return all[preset].map((each) => ({
        name: each.name,
        variables: { request: each.request, ...(each.output !== undefined && { output: each.output }) },
        judge: (run) => dockerVerdicts(each, run),
      }));
    case 'agent-healing':
      return all[preset].map((each) => ({
        name: each.name,
        variables: {
          log: each.log,
          actions: Object.entries(each.actions)
            .map(([name, description]) => `${name}: ${description}`)
            .join('\n'),
          ...(each.state !== undefined && { state: each.state }),
          ...(each.history !== undefined && { history: each.history }),
        },
        judge: (run) => healingVerdicts(each, run),
      }));
    default:
      return all[preset].map((each) => ({
        name: each.name,
        variables: { diff: each.diff },
        judge: (run) => reviewVerdicts(each, run),
      }));
  }
};

export interface EvaluateOptions {
  readonly presets: readonly EvaluatedPreset[];
  readonly subject: Subject;
  /** Maximum cases per preset. */
  readonly maxCases: number;
  readonly say: (line: string) => void;
}

/** Runs the cases one after the other. A case that fails is a result; an unreachable server ends the evaluation. */
export const evaluate = async (
  client: Client,
  { presets, subject, maxCases, say }: EvaluateOptions,
): Promise<readonly CaseResult[]> => {
  const results: CaseResult[] = [];
  for (const preset of presets) {
    for (const each of casesOf(preset).slice(0, maxCases)) {
      const startedAt = performance.now();
      const outcome = await runCase(client, subject, preset, each);
      const seconds = (performance.now() - startedAt) / 1000;
      results.push({ preset, name: each.name, ...outcome, seconds });
      const failed = outcome.verdicts.filter(({ passed }) => !passed).map(({ rule }) => rule);
      const note = outcome.problem ?? (failed.length === 0 ? 'ok' : `not: ${failed.join(', ')}`);
      say(`${preset} ${each.name} ${seconds.toFixed(1)} s: ${note}`);
    }
  }
  return results;
};

const runCase = async (
  client: Client,
  { preset: name, model }: Subject,
  preset: EvaluatedPreset,
  { variables, judge }: Case,
): Promise<Omit<CaseResult, 'preset' | 'name' | 'seconds'>> => {
  try {
    const run = await client.runPreset({ name: name ?? preset, variables, ...(model !== null && { model }) });
    return {
      isValid: true,
      repairs: run.repairs,
      verdicts: judge(run),
      unsafe: unsafeCommands(run),
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof ZiggieError)) throw error;
    const isOurs = ['UNREACHABLE', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'MODEL_NOT_FOUND'];
    if (isOurs.includes(error.code)) throw error;
    return {
      isValid: false,
      repairs: 0,
      verdicts: [],
      unsafe: [],
      problem: `${error.code} ${error.message}`,
    };
  }
};
