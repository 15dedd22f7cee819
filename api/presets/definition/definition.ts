import { z } from 'zod';
import { maxStopLength, maxStops, optionRanges } from '../../conversations/options.ts';
import { badInput } from '../../errors/failures.ts';
import { isJsonWithin } from '../../process/jsonSize.ts';
import { type PresetDefinition, variableTypes, workflowNames } from '../preset.ts';
import { checkWorkflow } from '../workflows/workflows.ts';
import { checkOutputSchema, violationsOf } from './schema.ts';
import { checkTemplate } from './template.ts';
import { checkValue } from './values.ts';

/** Maximum lengths in UTF-16 units, and maximum numbers of items. */
export const presetLimits = {
  name: 60,
  title: 80,
  description: 2_000,
  icon: 16,
  tags: 20,
  tag: 50,
  systemPrompt: 20_000,
  template: 40_000,
  variables: 20,
  variableName: 40,
  label: 80,
  choices: 50,
  choice: 200,
  examples: 10,
  example: 20_000,
  model: 300,
  fallbackModels: 5,
  /** The whole definition, as JSON. */
  definition: 100_000,
} as const;

const text = (max: number) => z.string().max(max);
const filled = (max: number) => text(max).refine((value) => value.trim() !== '', 'is empty');
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const variablePattern = /^[A-Za-z][A-Za-z0-9_]*$/;
const modelName = filled(presetLimits.model);

const variableShape = z.strictObject({
  name: text(presetLimits.variableName).regex(variablePattern, 'needs letters, digits and _, a letter first'),
  label: filled(presetLimits.label),
  type: z.enum(variableTypes),
  description: text(presetLimits.description).nullish().transform(orNull),
  required: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  choices: z
    .array(filled(presetLimits.choice))
    .max(presetLimits.choices)
    .nullish()
    .transform((value) => value ?? []),
  default: z.union([z.string(), z.number(), z.boolean()]).nullish().transform(orNull),
});

const option = ([min, max]: readonly [number, number]) => z.number().min(min).max(max).optional();

const optionsShape = z.strictObject({
  ...(Object.fromEntries(
    Object.entries(optionRanges).map(([name, range]) => [name, option(range)]),
  ) as Record<keyof typeof optionRanges, ReturnType<typeof option>>),
  stop: z.array(filled(maxStopLength)).max(maxStops).optional(),
});

const definitionShape = z.strictObject({
  name: text(presetLimits.name).regex(
    namePattern,
    'needs lower-case words joined by "-", such as code-review',
  ),
  title: filled(presetLimits.title),
  description: text(presetLimits.description).default(''),
  icon: text(presetLimits.icon).default(''),
  tags: z.array(filled(presetLimits.tag)).max(presetLimits.tags).default([]),
  systemPrompt: text(presetLimits.systemPrompt).nullish().transform(orNull),
  template: filled(presetLimits.template),
  variables: z.array(variableShape).max(presetLimits.variables).default([]),
  examples: z
    .array(z.strictObject({ input: filled(presetLimits.example), output: filled(presetLimits.example) }))
    .max(presetLimits.examples)
    .default([]),
  model: modelName.nullish().transform(orNull),
  fallbackModels: z.array(modelName).max(presetLimits.fallbackModels).default([]),
  options: optionsShape.default({}),
  outputSchema: z.record(z.string(), z.unknown()).nullish().transform(orNull),
  workflow: z.enum(workflowNames).nullish().transform(orNull),
});

function orNull<Value>(value: Value | null | undefined): Value | null {
  return value ?? null;
}

/** Returns a definition with its defaults. Throws `BAD_USER_INPUT` that names the invalid field. */
export const checkDefinition = (given: unknown): PresetDefinition => {
  const parsed = definitionShape.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = z.core.toDotPath(issue?.path ?? []) || 'preset';
    throw badInput(field.slice(0, 200), `${field.slice(0, 200)}: ${issue?.message ?? 'is not valid'}.`);
  }
  const definition = parsed.data as PresetDefinition;
  if (!isJsonWithin(definition, presetLimits.definition)) {
    throw badInput(
      'preset',
      `The preset has more than ${presetLimits.definition} characters. Make it smaller.`,
    );
  }
  checkVariables(definition);
  checkTemplate('template', definition.template, definition.variables);
  checkOutput(definition);
  checkWorkflow(definition);
  return definition;
};

const checkVariables = ({ variables }: PresetDefinition): void => {
  const names = new Set<string>();
  variables.forEach((variable, index) => {
    const field = `variables[${index}]`;
    if (names.has(variable.name)) {
      throw badInput(
        `${field}.name`,
        `${field}.name: there are two variables "${variable.name}". Rename one.`,
      );
    }
    names.add(variable.name);
    const isChoice = variable.type === 'CHOICE';
    if (isChoice === (variable.choices.length === 0)) {
      const rule = isChoice ? 'a CHOICE needs at least one choice' : 'only a CHOICE has choices';
      throw badInput(`${field}.choices`, `${field}.choices: ${rule}.`);
    }
    if (variable.default === null) return;
    if (variable.type === 'SECRET') {
      throw badInput(`${field}.default`, `${field}.default: a secret is never stored, so it has no default.`);
    }
    checkValue(variable, variable.default, `${field}.default`);
  });
};

const checkOutput = ({ outputSchema, workflow, examples }: PresetDefinition): void => {
  if (outputSchema === null) return;
  if (workflow !== null) {
    throw badInput(
      'outputSchema',
      `outputSchema: the workflow ${workflow} has its own schema. Remove one of the two.`,
    );
  }
  checkOutputSchema('outputSchema', outputSchema);
  examples.forEach(({ output }, index) => {
    const field = `examples[${index}].output`;
    const value = parseJson(output);
    if (value === undefined) throw badInput(field, `${field} is not JSON, as outputSchema demands.`);
    const [problem] = violationsOf(outputSchema, value);
    if (problem !== undefined) throw badInput(field, `${field} does not match outputSchema. ${problem}`);
  });
};

/** Returns undefined for a text that isn't JSON. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
