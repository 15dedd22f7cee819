import { builder } from '../../graph/builder.ts';
import { MessageRef } from '../../messages/graph/message.ts';
import { GenerationRef } from './generationNode.ts';

// While an answer is being generated, its content is read from the generation's journal.
builder.objectFields(MessageRef, (t) => ({
  content: t.string({
    description: 'The text of the message; while an answer is being generated, the text so far.',
    resolve: async ({ content, generationId }, _args, { loaders, generations }) => {
      const generation = generationId ? await loaders.generation.load(generationId) : null;
      if (!generation) return content;
      return (await generations.currentText(generation, (id) => loaders.message.load(id))).text;
    },
  }),
  generation: t.field({
    type: GenerationRef,
    nullable: true,
    description: 'The generation of an answer; null for other messages.',
    resolve: ({ generationId }, _args, { loaders }) =>
      generationId ? loaders.generation.load(generationId) : null,
  }),
}));
