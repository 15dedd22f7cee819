import { builder } from '../../graph/builder.ts';
import { currentOf, type WorkflowName } from '../preset.ts';
import type { PresetRun } from '../run/run.ts';
import type { HealingDiagnosis } from '../workflows/agentHealing/agentHealing.ts';
import type { CodeReview } from '../workflows/codeReview/codeReview.ts';
import type { DockerPlan } from '../workflows/dockerPlan/dockerPlan.ts';
import type { ErrorExplanation } from '../workflows/errorExplanation/errorExplanation.ts';
import type { MeetingSummary } from '../workflows/meetingSummary/meetingSummary.ts';
import { PresetRef } from './preset.ts';
import { HealingDiagnosisRef } from './results/agentHealing.ts';
import { CodeReviewRef } from './results/codeReview.ts';
import { DockerPlanRef } from './results/dockerPlan.ts';
import { ErrorExplanationRef } from './results/errorExplanation.ts';
import { MeetingSummaryRef } from './results/meetingSummary.ts';

const PresetRunStatus = builder.enumType('PresetRunStatus', {
  description: 'The outcome of running a preset.',
  values: {
    COMPLETED: { description: 'The run has a result, or for a preset without a schema a text.' },
    FAILED: { description: 'No answer matched the output schema.' },
  },
});

const PresetRunError = builder.objectRef<NonNullable<PresetRun['error']>>('PresetRunError').implement({
  description: 'Why a run failed.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'The error code, such as `OUTPUT_INVALID`.' }),
    message: t.exposeString('message', { description: 'What happened and what to do.' }),
  }),
});

const resultOf =
  <Result>(workflow: WorkflowName) =>
  ({ preset, version, result }: PresetRun): Result | null => {
    const { definition } = preset.versions.find((each) => each.version === version) ?? currentOf(preset);
    return definition.workflow === workflow ? (result as Result | null) : null;
  };

export const PresetRunRef = builder.objectRef<PresetRun>('PresetRun').implement({
  description: 'The result of running a preset. It is not stored.',
  fields: (t) => ({
    preset: t.field({ type: PresetRef, description: 'The preset.', resolve: ({ preset }) => preset }),
    version: t.exposeInt('version', { description: 'The version that ran.' }),
    model: t.exposeString('model', { description: 'The model that answered.' }),
    modelReason: t.exposeString('modelReason', {
      nullable: true,
      description: "Why another model than the preset's answered.",
    }),
    status: t.expose('status', { type: PresetRunStatus, description: 'The outcome.' }),
    error: t.field({
      type: PresetRunError,
      nullable: true,
      description: 'Why it failed; null if it completed.',
      resolve: ({ error }) => error,
    }),
    text: t.exposeString('text', {
      description:
        'The text of the model, also if it matches no schema. Of several parts, one after the other.',
    }),
    result: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'The result, which matches the output schema; null without a schema, and if the run failed.',
      resolve: ({ result }) => result,
    }),
    codeReview: t.field({
      type: CodeReviewRef,
      nullable: true,
      description: 'The result of the workflow `CODE_REVIEW`.',
      resolve: resultOf<CodeReview>('CODE_REVIEW'),
    }),
    errorExplanation: t.field({
      type: ErrorExplanationRef,
      nullable: true,
      description: 'The result of the workflow `ERROR_EXPLANATION`.',
      resolve: resultOf<ErrorExplanation>('ERROR_EXPLANATION'),
    }),
    meetingSummary: t.field({
      type: MeetingSummaryRef,
      nullable: true,
      description: 'The result of the workflow `MEETING_SUMMARY`.',
      resolve: resultOf<MeetingSummary>('MEETING_SUMMARY'),
    }),
    dockerPlan: t.field({
      type: DockerPlanRef,
      nullable: true,
      description: 'The result of the workflow `DOCKER_PLAN`.',
      resolve: resultOf<DockerPlan>('DOCKER_PLAN'),
    }),
    healingDiagnosis: t.field({
      type: HealingDiagnosisRef,
      nullable: true,
      description: 'The result of the workflow `AGENT_HEALING`.',
      resolve: resultOf<HealingDiagnosis>('AGENT_HEALING'),
    }),
    answers: t.exposeInt('answers', { description: 'How many answers the model gave, repairs included.' }),
    repairs: t.exposeInt('repairs', { description: 'How many answers were repairs of invalid ones.' }),
    promptTokens: t.exposeInt('promptTokens', { description: 'The tokens of all prompts.' }),
    completionTokens: t.exposeInt('completionTokens', { description: 'The tokens of all answers.' }),
    durationMs: t.exposeInt('durationMs', { description: 'How long the run took, in milliseconds.' }),
  }),
});
