import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deletePreset',
  {
    description: 'The preset to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the preset.' }) }),
  },
  {
    authScopes: { may: 'writePresets' },
    description: 'Deletes a preset of the viewer with its versions; for administrators, also a shared one.',
    resolve: (_root, { input }, context) =>
      context.presets.delete(viewerOf(context), decodeId('Preset', input.id)),
  },
  {
    description: 'The deleted preset.',
    outputFields: (t) => ({
      deletedPresetId: t.id({
        description: 'The id of the deleted preset.',
        resolve: ({ id }: { id: string }) => encodeId('Preset', id),
      }),
    }),
  },
);
