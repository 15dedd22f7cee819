import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { maxYamlLength } from '../definition/yaml.ts';
import type { Preset } from '../preset.ts';
import { listKeyOf } from '../service.ts';
import { cursors, PresetEdge, PresetRef } from './preset.ts';

builder.relayMutationField(
  'importPreset',
  {
    description: 'The preset to import.',
    inputFields: (t) => ({
      yaml: t.string({
        required: true,
        description: 'The YAML file of a preset.',
        bounds: { maxLength: maxYamlLength },
      }),
    }),
  },
  {
    authScopes: { may: 'writePresets' },
    description:
      'Creates a preset of the viewer from a YAML file. `BAD_USER_INPUT` names the line or the field that is invalid. `CONFLICT` for a used name.',
    resolve: async (_root, { input }, context) => ({
      preset: await context.presets.import(viewerOf(context), input.yaml),
    }),
  },
  {
    description: 'The imported preset.',
    outputFields: (t) => ({
      preset: t.field({
        type: PresetRef,
        description: 'The imported preset.',
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
