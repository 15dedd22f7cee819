import { GenerationOptionsRef } from '../../conversations/graph/generationOptions.ts';
import { builder } from '../../graph/builder.ts';
import { presetYaml } from '../definition/yaml.ts';
import type { PresetDefinition, PresetExample, PresetVariable, PresetVersion } from '../preset.ts';
import { variableTypes, workflowNames } from '../preset.ts';
import { outputSchemaOf } from '../workflows/workflows.ts';

const variableDescriptions: Readonly<Record<(typeof variableTypes)[number], string>> = {
  TEXT: 'One line of text.',
  LONG_TEXT: 'Text of several lines.',
  FILE: 'The text of a file.',
  CHOICE: 'One of the choices.',
  NUMBER: 'A number.',
  BOOLEAN: 'Yes or no.',
  SECRET: 'A text that is used for one run and never stored.',
};

export const VariableTypeRef = builder.enumType('PresetVariableType', {
  description: 'The type of a variable of a preset.',
  values: Object.fromEntries(
    variableTypes.map((name) => [name, { description: variableDescriptions[name] }]),
  ) as Record<(typeof variableTypes)[number], { description: string }>,
});

const workflowDescriptions: Readonly<Record<(typeof workflowNames)[number], string>> = {
  ERROR_EXPLANATION: 'Explains a stack trace or log. The result is an `ErrorExplanation`.',
  MEETING_SUMMARY: 'Summarizes a transcript, a long one by parts. The result is a `MeetingSummary`.',
  DOCKER_PLAN: 'Plans Docker commands for a request. The result is a `DockerPlan`.',
  AGENT_HEALING:
    'Diagnoses a failing agent and proposes one of its declared actions. The result is a `HealingDiagnosis`.',
  CODE_REVIEW: 'Reviews a diff, a long one by file and hunk. The result is a `CodeReview`.',
};

export const WorkflowRef = builder.enumType('PresetWorkflow', {
  description: 'A built-in way to split an input, join the answers and check them.',
  values: Object.fromEntries(
    workflowNames.map((name) => [name, { description: workflowDescriptions[name] }]),
  ) as Record<(typeof workflowNames)[number], { description: string }>,
});

const PresetVariableRef = builder.objectRef<PresetVariable>('PresetVariable').implement({
  description: 'A variable of a preset, and its field in a form.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name in the template.' }),
    label: t.exposeString('label', { description: 'The label in a form.' }),
    type: t.expose('type', { type: VariableTypeRef, description: 'The type of the value.' }),
    description: t.exposeString('description', { nullable: true, description: 'Help for people.' }),
    required: t.exposeBoolean('required', { description: 'Whether a run needs a value.' }),
    choices: t.stringList({
      description: 'The values of a `CHOICE`.',
      resolve: ({ choices }) => [...choices],
    }),
    default: t.expose('default', {
      type: 'JSON',
      nullable: true,
      description: 'The value if none is given.',
    }),
  }),
});

const PresetExampleRef = builder.objectRef<PresetExample>('PresetExample').implement({
  description: 'A few-shot example.',
  fields: (t) => ({
    input: t.exposeString('input', { description: 'A prompt.' }),
    output: t.exposeString('output', { description: 'The answer to it.' }),
  }),
});

/** The cost of a YAML file: printing a large one takes milliseconds. */
const printingCost = 500;

const PresetDefinitionRef = builder.objectRef<PresetDefinition>('PresetDefinition').implement({
  description: 'What a version of a preset does.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name in URLs and slash commands.' }),
    title: t.exposeString('title', { description: 'The title for people.' }),
    description: t.exposeString('description', { description: 'What the preset is for.' }),
    icon: t.exposeString('icon', { description: 'An emoji; empty: none.' }),
    tags: t.stringList({ description: 'The tags.', resolve: ({ tags }) => [...tags] }),
    systemPrompt: t.exposeString('systemPrompt', { nullable: true, description: 'The system prompt.' }),
    template: t.exposeString('template', { description: 'The Mustache template of the prompt.' }),
    variables: t.field({
      type: [PresetVariableRef],
      description: 'The variables of the template.',
      resolve: ({ variables }) => variables,
    }),
    examples: t.field({
      type: [PresetExampleRef],
      description: 'The few-shot examples.',
      resolve: ({ examples }) => examples,
    }),
    model: t.exposeString('model', { nullable: true, description: 'The model; null: the default one.' }),
    fallbackModels: t.stringList({
      description: 'The models to use if `model` is not installed, in order.',
      resolve: ({ fallbackModels }) => [...fallbackModels],
    }),
    options: t.field({
      type: GenerationOptionsRef,
      description: 'The sampling options.',
      resolve: ({ options }) => options,
    }),
    outputSchema: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The JSON Schema of the result; null: the answer is text.',
      resolve: outputSchemaOf,
    }),
    workflow: t.expose('workflow', {
      type: WorkflowRef,
      nullable: true,
      description: 'The workflow, if any.',
    }),
    yaml: t.string({
      description: 'The definition as a YAML file, for `importPreset`.',
      extensions: { cost: printingCost },
      resolve: presetYaml,
    }),
  }),
});

export const PresetVersionRef = builder.objectRef<PresetVersion>('PresetVersion').implement({
  description: 'A version of a preset.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'The number of the version, from 1.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the version was written.' }),
    definition: t.field({
      type: PresetDefinitionRef,
      description: 'What this version does.',
      resolve: ({ definition }) => definition,
    }),
  }),
});
