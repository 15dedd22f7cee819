import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest } from '../../paging/connections.ts';
import { presetLimits } from '../definition/definition.ts';
import { listKeyOf } from '../service.ts';
import { cursors, PresetConnection, PresetEdge, PresetRef, PresetSourceRef } from './preset.ts';

builder.queryField('presets', (t) =>
  t.connection(
    {
      type: PresetRef,
      description:
        'The presets that the viewer may use, by title: their own, the shared and the built-in ones.',
      args: {
        search: t.arg.string({
          description: 'Words that the name, title, description and tags must contain.',
          bounds: { maxLength: maxLengths.search },
        }),
        source: t.arg({ type: PresetSourceRef, description: 'Only presets of this source.' }),
      },
      resolve: async (_root, args, context) => {
        const filter = { search: args.search ?? null, source: args.source ?? null };
        const page = await context.presets.page(viewerOf(context), filter, pageRequest(args, cursors));
        return connectionOf(page, cursors, listKeyOf);
      },
    },
    PresetConnection,
    PresetEdge,
  ),
);

builder.queryField('preset', (t) =>
  t.field({
    type: PresetRef,
    description:
      "The viewer's preset of this name, or else the shared one, or else the built-in one. `NOT_FOUND` if there is none.",
    args: {
      name: t.arg.string({
        required: true,
        description: 'The name, such as `code-review`.',
        bounds: { maxLength: presetLimits.name },
      }),
    },
    resolve: (_root, { name }, context) => context.presets.findByName(viewerOf(context), name),
  }),
);
