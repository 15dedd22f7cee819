import { maxLengths } from '../../../graph/bounds/bounds.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import type { Generation } from '../../generation.ts';
import { GenerationRef } from '../generationNode.ts';

const ToolDecisionRef = builder.enumType('ToolDecision', {
  description: 'A decision on a call of a tool.',
  values: {
    ALLOW: { description: 'The tool is called.' },
    DENY: { description: 'The tool is not called, and the model is told so.' },
  } as const,
});

builder.relayMutationField(
  'decideToolCall',
  {
    description: 'The call to decide on.',
    inputFields: (t) => ({
      id: t.id({
        required: true,
        description: 'The `id` of the call.',
        bounds: { maxLength: maxLengths.id },
      }),
      decision: t.field({ type: ToolDecisionRef, required: true, description: 'The decision.' }),
    }),
  },
  {
    authScopes: { may: 'decideToolCalls' },
    description:
      'Allows or denies a call of a tool that is `WAITING`. No API keys. `CONFLICT` if it no longer waits.',
    resolve: async (_root, { input }, context) => ({
      generation: await context.generations.decideToolCall(viewerOf(context), input.id, input.decision),
    }),
  },
  {
    description: 'The decision was stored.',
    outputFields: (t) => ({
      generation: t.field({
        type: GenerationRef,
        description: 'The generation with the changed call.',
        resolve: ({ generation }: { generation: Generation }) => generation,
      }),
    }),
  },
);
