import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { requestSignalOf, viewerOf } from '../../graph/context.ts';
import { type EmbedResult, embedLimits } from '../service.ts';

/** Maximum texts of a mutation: their vectors are executed field by field, unlike those of REST. */
const maxTexts = 128;

const EmbedInput = builder.inputType('EmbedInput', {
  description: 'Texts, and how to embed them.',
  fields: (t) => ({
    input: t.stringList({
      required: true,
      description: 'The texts. None may be empty.',
      bounds: { maxItems: maxTexts, maxLength: embedLimits.characters },
    }),
    model: t.string({
      description:
        'The name of the model. Omitted: the first installed model with the capability `embedding`.',
      bounds: { maxLength: maxLengths.name },
    }),
    dimensions: t.int({
      description: "The length of the vectors, for models that support it. Omitted: the model's own.",
      bounds: { min: 1, max: embedLimits.dimensions },
    }),
    truncate: t.boolean({
      description:
        'Whether a text that exceeds the context of the model is cut at its end. Omitted: false, it is rejected.',
    }),
    clientMutationId: t.id({
      description: 'Any value; the payload returns it unchanged.',
      bounds: { maxLength: maxLengths.clientMutationId },
    }),
  }),
});

type Payload = EmbedResult & { readonly clientMutationId: string | null };

const EmbedPayload = builder.objectRef<Payload>('EmbedPayload').implement({
  description: 'The embeddings of texts.',
  fields: (t) => ({
    model: t.exposeString('model', { description: 'The name of the model, with its tag.' }),
    vectors: t.field({
      type: t.listRef(t.listRef('Float')),
      description: 'One vector for each text, in their order, each of Euclidean length 1.',
      resolve: ({ vectors }) => vectors,
    }),
    promptTokens: t.exposeInt('promptTokens', {
      description: 'The number of tokens of all texts together. They count towards the quota.',
    }),
    totalMs: t.exposeFloat('totalMs', { description: 'How long the engine took, in milliseconds.' }),
    clientMutationId: t.exposeID('clientMutationId', {
      nullable: true,
      description: 'The value passed in the input.',
    }),
  }),
});

builder.mutationField('embed', (t) =>
  t.field({
    type: EmbedPayload,
    nullable: true,
    authScopes: { may: 'generate' },
    description:
      'Computes embeddings of texts, and waits for them. They count towards the limits of answers. `MODEL_NOT_FOUND`, `PROMPT_TOO_LARGE` for a text that exceeds the context, `RATE_LIMITED` over the rate or running limit, `QUOTA_EXCEEDED` over the token quota.',
    args: { input: t.arg({ type: EmbedInput, required: true, description: 'The input.' }) },
    resolve: async (_root, { input }, context) => {
      const embedded = await context.embeddings.embed(
        viewerOf(context),
        {
          model: input.model ?? null,
          input: input.input,
          dimensions: input.dimensions ?? null,
          truncate: input.truncate ?? false,
        },
        requestSignalOf(context),
      );
      return { ...embedded, clientMutationId: input.clientMutationId ?? null };
    },
  }),
);
