import { GenerationOptionsInput, toOptions } from '../../conversations/graph/generationOptions.ts';
import { builder } from '../../graph/builder.ts';
import { presetLimits } from '../definition/definition.ts';
import { VariableTypeRef, WorkflowRef } from './presetVersion.ts';

const { name, title, description, icon, tags, tag, systemPrompt, template, model } = presetLimits;

const PresetVariableInput = builder.inputType('PresetVariableInput', {
  description: 'A variable of a preset.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'The name in the template: letters, digits and `_`.',
      bounds: { maxLength: presetLimits.variableName },
    }),
    label: t.string({
      required: true,
      description: 'The label in a form.',
      bounds: { maxLength: presetLimits.label },
    }),
    type: t.field({ type: VariableTypeRef, required: true, description: 'The type of the value.' }),
    description: t.string({ description: 'Help for people.', bounds: { maxLength: description } }),
    required: t.boolean({ description: 'Whether a run needs a value. Omitted: true.' }),
    choices: t.stringList({
      description: 'The values of a `CHOICE`.',
      bounds: { maxItems: presetLimits.choices, maxLength: presetLimits.choice },
    }),
    default: t.field({
      type: 'JSON',
      description: 'The value if none is given. A `SECRET` has none.',
      bounds: { maxLength: template },
    }),
  }),
});

const PresetExampleInput = builder.inputType('PresetExampleInput', {
  description: 'A few-shot example.',
  fields: (t) => ({
    input: t.string({
      required: true,
      description: 'A prompt.',
      bounds: { maxLength: presetLimits.example },
    }),
    output: t.string({
      required: true,
      description: 'The answer to it.',
      bounds: { maxLength: presetLimits.example },
    }),
  }),
});

export const PresetDefinitionInput = builder.inputType('PresetDefinitionInput', {
  description: 'What a preset does.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'The name in URLs and slash commands: lower-case words joined by `-`.',
      bounds: { maxLength: name },
    }),
    title: t.string({ required: true, description: 'The title for people.', bounds: { maxLength: title } }),
    description: t.string({ description: 'What the preset is for.', bounds: { maxLength: description } }),
    icon: t.string({ description: 'An emoji.', bounds: { maxLength: icon } }),
    tags: t.stringList({ description: 'The tags.', bounds: { maxItems: tags, maxLength: tag } }),
    systemPrompt: t.string({ description: 'The system prompt.', bounds: { maxLength: systemPrompt } }),
    template: t.string({
      required: true,
      description: 'The Mustache template of the prompt. It may use declared variables and sections.',
      bounds: { maxLength: template },
    }),
    variables: t.field({
      type: [PresetVariableInput],
      description: 'The variables of the template.',
      bounds: { maxItems: presetLimits.variables },
    }),
    examples: t.field({
      type: [PresetExampleInput],
      description: 'Few-shot examples.',
      bounds: { maxItems: presetLimits.examples },
    }),
    model: t.string({ description: 'The model. Omitted: the default one.', bounds: { maxLength: model } }),
    fallbackModels: t.stringList({
      description: 'The models to use if `model` is not installed, in order.',
      bounds: { maxItems: presetLimits.fallbackModels, maxLength: model },
    }),
    options: t.field({ type: GenerationOptionsInput, description: 'The sampling options.' }),
    outputSchema: t.field({
      type: 'JSON',
      description:
        'A JSON Schema of an object, for results that programs read. Without keywords that a grammar cannot express, such as `pattern`.',
      bounds: { maxLength: presetLimits.definition },
    }),
    workflow: t.field({
      type: WorkflowRef,
      description: 'A workflow, which has an output schema of its own.',
    }),
  }),
});

/** Returns a definition to check: a null field means the same as an omitted one. */
export const toDefinition = ({ options, ...input }: typeof PresetDefinitionInput.$inferInput): unknown =>
  Object.fromEntries(
    Object.entries({ ...input, options: options && toOptions(options) }).filter(
      ([, value]) => value !== null && value !== undefined,
    ),
  );
