import { builder } from '../../graph/builder.ts';
import { requestSignalOf, viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { presetLimits } from '../definition/definition.ts';
import { maxValueLength } from '../definition/values.ts';
import type { PresetRun } from '../run/run.ts';
import { PresetRunRef } from './presetRun.ts';

/** A long input and the other variables, as JSON. */
const maxVariablesLength = 2 * maxValueLength.FILE;

builder.relayMutationField(
  'runPreset',
  {
    description: 'The preset to run, and its variables.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the preset.' }),
      variables: t.field({
        type: 'JSON',
        description: 'The values of the variables: an object by name.',
        bounds: { maxLength: maxVariablesLength },
      }),
      model: t.string({
        description: "The model. Omitted: the preset's, or else the default one.",
        bounds: { maxLength: presetLimits.model },
      }),
    }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Runs a preset and waits for its result. Over HTTP, disconnecting cancels it. `BAD_USER_INPUT` names a missing, unknown or invalid variable. An answer that does not match the output schema after two repairs is a run with the status `FAILED` and its text.',
    resolve: async (_root, { input }, context) => {
      const viewer = viewerOf(context);
      const preset = await context.presets.find(viewer, decodeId('Preset', input.id));
      const given = { variables: input.variables, model: input.model ?? null };
      return { run: await context.presetRuns.run(viewer, preset, given, requestSignalOf(context)) };
    },
  },
  {
    description: 'The result of a preset.',
    outputFields: (t) => ({
      run: t.field({
        type: PresetRunRef,
        description: 'The run.',
        resolve: ({ run }: { run: PresetRun }) => run,
      }),
    }),
  },
);
