import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { Tool } from '../tool.ts';

/** The time limit for the description of a tool, in ms. */
const describeTimeoutMs = 5_000;

const ToolRef = builder.objectRef<Tool>('Tool').implement({
  description: 'A tool that this server runs when a model calls it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name, which `GenerateInput.tools` takes.' }),
    needsConfirmation: t.boolean({
      description: 'Whether each call waits until the user allows it, because the tool may change something.',
      resolve: ({ isReadOnly }) => !isReadOnly,
    }),
    description: t.string({
      nullable: true,
      description: 'What the tool does, as the model is told; null while the tool is unavailable.',
      resolve: async (tool) => {
        try {
          return (await tool.describe(AbortSignal.timeout(describeTimeoutMs))).description;
        } catch {
          return null;
        }
      },
    }),
  }),
});

builder.queryField('tools', (t) =>
  t.field({
    type: [ToolRef],
    description:
      'The tools that the viewer may let a model call, by name. An administrator sets them up (`TOOLS_FILE`).',
    resolve: (_root, _args, context) => [...context.tools.list(viewerOf(context))],
  }),
);
