import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Preset } from '../preset.ts';
import { PresetRef } from './preset.ts';
import { PresetDefinitionInput, toDefinition } from './presetInput.ts';

builder.relayMutationField(
  'updatePreset',
  {
    description: 'The change of a preset.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the preset.' }),
      definition: t.field({
        type: PresetDefinitionInput,
        description: 'A whole definition, which becomes the next version. Omitted: unchanged.',
      }),
      shared: t.boolean({
        description: 'Whether all users see the preset. Administrators only. Omitted: unchanged.',
      }),
    }),
  },
  {
    authScopes: { may: 'writePresets' },
    description:
      "Changes a preset of the viewer; for administrators, also a shared one. Built-in presets can't be changed. `CONFLICT` for a used name and for a simultaneous change.",
    resolve: async (_root, { input }, context) => ({
      preset: await context.presets.update(viewerOf(context), decodeId('Preset', input.id), {
        definition: input.definition ? toDefinition(input.definition) : null,
        isShared: input.shared ?? null,
      }),
    }),
  },
  {
    description: 'The changed preset.',
    outputFields: (t) => ({
      preset: t.field({
        type: PresetRef,
        description: 'The preset after the change.',
        resolve: ({ preset }: { preset: Preset }) => preset,
      }),
    }),
  },
);
