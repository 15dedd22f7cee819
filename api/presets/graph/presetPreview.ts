import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { presetLimits } from '../definition/definition.ts';
import type { PresetPreview } from '../run/service.ts';
import { PresetDefinitionInput, toDefinition } from './presetInput.ts';

const PresetPreviewRef = builder.objectRef<PresetPreview>('PresetPreview').implement({
  description: 'The prompt that a preset would send, and its size.',
  fields: (t) => ({
    systemPrompt: t.exposeString('systemPrompt', { nullable: true, description: 'The system prompt.' }),
    prompt: t.exposeString('prompt', { description: 'The rendered template.' }),
    model: t.exposeString('model', { description: 'The model that would answer.' }),
    tokens: t.int({
      description: 'The tokens of all messages, few-shot examples included.',
      resolve: ({ size }) => size.tokens,
    }),
    exact: t.boolean({
      description: 'False if `tokens` is an estimate.',
      resolve: ({ size }) => size.exact,
    }),
    contextLength: t.int({
      nullable: true,
      description: 'The context of the model, in tokens; null if unknown.',
      resolve: ({ size }) => size.limit,
    }),
  }),
});

/** The cost of a preview: its definition is checked, and a schema compiled. */
const checkingCost = 100;

builder.queryField('presetPreview', (t) =>
  t.field({
    type: PresetPreviewRef,
    authScopes: { may: 'generate' },
    extensions: { cost: checkingCost },
    description:
      'Renders a definition with variables, without generating. `BAD_USER_INPUT` names the invalid field or variable.',
    args: {
      definition: t.arg({ type: PresetDefinitionInput, required: true, description: 'The definition.' }),
      variables: t.arg({
        type: 'JSON',
        description: 'The values of the variables: an object by name.',
        bounds: { maxLength: presetLimits.definition },
      }),
    },
    resolve: (_root, { definition, variables }, context) =>
      context.presetRuns.preview(viewerOf(context), toDefinition(definition), variables),
  }),
);
