import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Preset } from '../preset.ts';
import { listKeyOf } from '../service.ts';
import { cursors, PresetEdge, PresetRef } from './preset.ts';

builder.relayMutationField(
  'duplicatePreset',
  {
    description: 'The preset to copy.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the preset.' }) }),
  },
  {
    authScopes: { may: 'writePresets' },
    description: "Copies a preset that the viewer may use to the viewer's own, under a free name.",
    resolve: async (_root, { input }, context) => ({
      preset: await context.presets.duplicate(viewerOf(context), decodeId('Preset', input.id)),
    }),
  },
  {
    description: 'The copy.',
    outputFields: (t) => ({
      preset: t.field({
        type: PresetRef,
        description: 'The copy.',
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
