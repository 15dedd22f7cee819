import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { importLimits } from '../service.ts';

builder.queryField('importedConversations', (t) =>
  t.stringList({
    description:
      'Returns those of the keys whose conversations the viewer has imported, and not deleted since.',
    args: {
      sourceKeys: t.arg.stringList({
        required: true,
        description: 'The keys, as in `importConversation`.',
        bounds: { maxItems: importLimits.keys, maxLength: importLimits.sourceKey },
      }),
    },
    resolve: async (_root, { sourceKeys }, context) => [
      ...(await context.imports.known(viewerOf(context), sourceKeys)),
    ],
  }),
);
