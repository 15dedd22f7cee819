import { badInput } from '../../errors/failures.ts';
import type { OutputSchema, PresetDefinition, WorkflowName } from '../preset.ts';
import { agentHealing } from './agentHealing/agentHealing.ts';
import { codeReview } from './codeReview/codeReview.ts';
import { dockerPlan } from './dockerPlan/dockerPlan.ts';
import { errorExplanation } from './errorExplanation/errorExplanation.ts';
import { meetingSummary } from './meetingSummary/meetingSummary.ts';
import type { DefinitionOutput, Workflow } from './workflow.ts';

export const workflows: Readonly<Record<WorkflowName, Workflow>> = {
  ERROR_EXPLANATION: errorExplanation,
  MEETING_SUMMARY: meetingSummary,
  CODE_REVIEW: codeReview,
  DOCKER_PLAN: dockerPlan,
  AGENT_HEALING: agentHealing,
};

/** Returns the schema of a preset's result; null: its answer is text. */
export const outputSchemaOf = ({ workflow, outputSchema }: DefinitionOutput): OutputSchema | null =>
  workflow === null ? outputSchema : workflows[workflow].schema;

/** Throws `BAD_USER_INPUT` if the definition lacks the input of its workflow. */
export const checkWorkflow = ({ workflow, variables, template }: PresetDefinition): void => {
  if (workflow === null) return;
  const { input } = workflows[workflow];
  const declared = variables.find(({ name }) => name === input);
  const isText = declared && (declared.type === 'FILE' || declared.type === 'LONG_TEXT');
  if (isText && declared.required && new RegExp(`\\{\\{[{&]?\\s*${input}\\s*\\}`).test(template)) return;
  throw badInput(
    'workflow',
    `workflow: ${workflow} needs a required variable "${input}" of type FILE or LONG_TEXT, and {{${input}}} in the template.`,
  );
};
