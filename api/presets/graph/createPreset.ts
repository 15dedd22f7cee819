import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { Preset } from '../preset.ts';
import { listKeyOf } from '../service.ts';
import { cursors, PresetEdge, PresetRef } from './preset.ts';
import { PresetDefinitionInput, toDefinition } from './presetInput.ts';

builder.relayMutationField(
  'createPreset',
  {
    description: 'The preset to create.',
    inputFields: (t) => ({
      definition: t.field({ type: PresetDefinitionInput, required: true, description: 'What it does.' }),
    }),
  },
  {
    authScopes: { may: 'writePresets' },
    description:
      'Creates a preset of the viewer, who may have 100. `CONFLICT` for a name that the viewer or a built-in preset uses.',
    resolve: async (_root, { input }, context) => ({
      preset: await context.presets.create(viewerOf(context), toDefinition(input.definition)),
    }),
  },
  {
    description: 'The created preset.',
    outputFields: (t) => ({
      preset: t.field({
        type: PresetRef,
        description: 'The created preset.',
        resolve: ({ preset }: { preset: Preset }) => preset,
      }),
      presetEdge: t.field({
        type: PresetEdge,
        description: 'Its edge in `presets`.',
        resolve: ({ preset }: { preset: Preset }) => ({
          node: preset,
          cursor: cursors.encode(listKeyOf(preset)),
        }),
      }),
    }),
  },
);
