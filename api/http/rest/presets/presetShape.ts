import { z } from 'zod';
import { currentOf, type Preset, variableTypes, workflowNames } from '../../../presets/preset.ts';
import type { PresetRun } from '../../../presets/run/run.ts';
import { sourceOf } from '../../../presets/service.ts';
import { outputSchemaOf } from '../../../presets/workflows/workflows.ts';

export const runRequest = z.object({
  variables: z.record(z.string(), z.unknown()).nullish().describe('The values of the variables, by name.'),
  model: z
    .string()
    .min(1)
    .max(300)
    .nullish()
    .describe("Absent: the preset's model, or else the default one."),
});

export const runResponse = z.object({
  preset: z.string(),
  version: z.int(),
  model: z.string(),
  modelReason: z.string().nullable().describe("Why another model than the preset's answered."),
  result: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Matches the output schema; null: the preset has none.'),
  text: z.string(),
  answers: z.int().describe('How many answers the model gave, repairs included.'),
  repairs: z.int(),
  promptTokens: z.int(),
  completionTokens: z.int(),
  durationMs: z.int(),
});

export const runResponseOf = ({ preset, status: _status, error: _error, ...run }: PresetRun) => ({
  ...run,
  preset: currentOf(preset).definition.name,
  result: run.result as Record<string, unknown> | null,
});

export const presetList = z.object({
  presets: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      source: z.enum(['BUILT_IN', 'PERSONAL', 'SHARED']),
      version: z.int(),
      workflow: z.enum(workflowNames).nullable(),
      variables: z.array(
        z.object({
          name: z.string(),
          label: z.string(),
          type: z.enum(variableTypes),
          description: z.string().nullable(),
          required: z.boolean(),
          choices: z.array(z.string()),
          default: z.union([z.string(), z.number(), z.boolean()]).nullable(),
        }),
      ),
      outputSchema: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
  next: z
    .string()
    .nullable()
    .describe('The cursor of the next page, for `after`; null: this is the last page.'),
});

export const presetEntryOf = (preset: Preset) => {
  const { version, definition } = currentOf(preset);
  const { name, title, description, workflow, variables } = definition;
  return {
    name,
    title,
    description,
    source: sourceOf(preset),
    version,
    workflow,
    variables: variables.map((variable) => ({ ...variable, choices: [...variable.choices] })),
    outputSchema: outputSchemaOf(definition),
  };
};
