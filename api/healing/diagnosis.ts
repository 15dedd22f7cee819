import type { Viewer } from '../access/viewer.ts';
import { Failure } from '../errors/failures.ts';
import { library } from '../presets/library.ts';
import type { PresetRuns } from '../presets/run/service.ts';
import { actionLines, type HealingDiagnosis } from '../presets/workflows/agentHealing/agentHealing.ts';
import { type Healing, type HealingRound, healingLimits, renewMs } from './healing.ts';
import type { HealingStore } from './store/store.ts';

export interface DiagnosesDeps {
  readonly store: Pick<HealingStore, 'replace'>;
  readonly presetRuns: Pick<PresetRuns, 'run'>;
  readonly clock: () => Date;
}

export type Change = Partial<Omit<Healing, 'id' | 'ownerId' | 'revision'>>;

/** Diagnoses that run in this process. They go on when a caller disconnects. */
export interface Diagnoses {
  /**
   * Diagnoses what is pending of a healing that this process claimed, and stores the outcome. If no answer is possible, a
   * person is asked, what is pending is kept, and the promise rejects as `PresetRuns.run`.
   */
  run(viewer: Viewer, claimed: Healing): Promise<Healing>;
  /** Returns the running diagnosis of a healing in this process; null: none. */
  running(id: string): Promise<Healing> | null;
  /** Stores a change. Throws `CONFLICT` if the healing was changed since. */
  replace(healing: Healing, change: Change): Promise<Healing>;
  /** Ends all diagnoses: a person is asked, or the agent reports again. */
  close(): Promise<void>;
}

export const createDiagnoses = ({ store, presetRuns, clock }: DiagnosesDeps): Diagnoses => {
  const preset = library.get('agent-healing');
  if (!preset) throw new Error('the preset agent-healing is missing');
  const closing = new AbortController();
  const active = new Map<string, Promise<Healing>>();

  const replace = async (healing: Healing, change: Change): Promise<Healing> => {
    const changed = { ...healing, ...change, revision: healing.revision + 1, updatedAt: clock() };
    if (await store.replace(changed)) return changed;
    throw new Failure('CONFLICT', 'The healing was changed at the same time. Load it again, and repeat.');
  };

  const ask = async (viewer: Viewer, healing: Healing, signal: AbortSignal): Promise<Change> => {
    const { log, state } = healing.pending ?? { log: '', state: '' };
    const variables = {
      log,
      ...(state.trim() !== '' && { state }),
      actions: actionLines(healing.actions),
      ...(healing.rounds.length > 0 && { history: historyOf(healing.rounds) }),
    };
    const run = await presetRuns.run(viewer, preset, { variables, model: null }, signal);
    if (run.error) {
      return { pending: null, status: 'NEEDS_PERSON', question: 'The model gave no valid diagnosis.' };
    }
    const { diagnosis, action, explanation, confidence } = run.result as HealingDiagnosis;
    const round: HealingRound = {
      number: healing.rounds.length + 1,
      log: log.slice(-healingLimits.keptText),
      state: state.slice(0, healingLimits.keptText),
      diagnosis,
      action,
      explanation,
      confidence,
      result: null,
      at: clock(),
    };
    const question = questionOf(healing, round);
    const status = question === '' ? 'ACTING' : 'NEEDS_PERSON';
    return { pending: null, rounds: [...healing.rounds, round], status, question };
  };

  const diagnose = async (viewer: Viewer, claimed: Healing): Promise<Healing> => {
    const lost = new AbortController();
    let current = claimed;
    let renewal = Promise.resolve();
    const renew = async () => {
      try {
        current = await replace(current, {});
      } catch (error) {
        // If the store is unavailable, the next renewal may succeed.
        if (error instanceof Failure && error.code === 'CONFLICT') lost.abort(error);
      }
    };
    const timer = setInterval(() => {
      renewal = renewal.then(renew);
    }, renewMs);
    const outcome = await ask(viewer, claimed, AbortSignal.any([closing.signal, lost.signal])).catch(
      (error: unknown) => ({ error }),
    );
    clearInterval(timer);
    await renewal;
    lost.signal.throwIfAborted();
    if (!('error' in outcome)) return replace(current, outcome);
    const { error } = outcome;
    await replace(current, { status: 'NEEDS_PERSON', question: failedQuestion(error) });
    throw error;
  };

  return {
    replace,
    running: (id) => active.get(id) ?? null,
    run(viewer, claimed) {
      const diagnosed = diagnose(viewer, claimed).finally(() => active.delete(claimed.id));
      // The caller may have disconnected.
      diagnosed.catch(() => {});
      active.set(claimed.id, diagnosed);
      return diagnosed;
    },
    async close() {
      closing.abort(new Failure('SERVICE_UNAVAILABLE', 'The server stops. Report the failure again.'));
      await Promise.allSettled(active.values());
    },
  };
};

/**
 * Returns why a person has to decide on the newest round; empty: the agent may act. Only this code decides it: the model's
 * words can neither add an action nor skip a check.
 */
export const questionOf = (
  { actions, rounds, minConfidence }: Pick<Healing, 'actions' | 'rounds' | 'minConfidence'>,
  { action, confidence }: Pick<HealingRound, 'action' | 'confidence'>,
): string => {
  const declared = actions.find(({ name }) => name === action);
  if (!declared) return 'No declared action helps.';
  const failed = rounds.find((round) => round.action === action && round.result?.succeeded === false);
  if (failed) return `The proposed action ${action} failed in round ${failed.number}.`;
  if (declared.needsApproval) return `The action ${action} needs approval.`;
  if (confidence !== null && confidence >= minConfidence) return '';
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  return `The confidence is ${percent(confidence ?? 0)}; at least ${percent(minConfidence)} is needed.`;
};

const failedQuestion = (error: unknown): string =>
  error instanceof Failure
    ? `The diagnosis failed: ${error.message.slice(0, 300)}`
    : 'The diagnosis failed by an error of the server.';

const historyOf = (rounds: readonly HealingRound[]): string =>
  rounds
    .map(
      ({ number, action, diagnosis, result }) =>
        `${number}. ${action ?? 'none'}: ${outcomeOf(result)}. Diagnosis: ${diagnosis} Output: ${(result?.output ?? '').slice(-500)}`,
    )
    .join('\n');

const outcomeOf = (result: HealingRound['result']): string => {
  if (result === null) return 'not run';
  return result.succeeded ? 'succeeded' : 'failed';
};
