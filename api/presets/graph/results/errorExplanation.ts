import { builder } from '../../../graph/builder.ts';
import { confidences, type ErrorExplanation } from '../../workflows/errorExplanation/errorExplanation.ts';

const Confidence = builder.enumType('Confidence', {
  description: 'How sure the model says it is.',
  values: Object.fromEntries(
    confidences.map((name) => [
      name,
      { description: `${name[0]}${name.slice(1).toLowerCase()} confidence.` },
    ]),
  ) as Record<(typeof confidences)[number], { description: string }>,
});

export const ErrorExplanationRef = builder.objectRef<ErrorExplanation>('ErrorExplanation').implement({
  description: 'The explanation of a stack trace or log.',
  fields: (t) => ({
    cause: t.exposeString('cause', { description: 'The cause in plain words.' }),
    location: t.exposeString('location', { description: 'The file and line; empty if the log names none.' }),
    steps: t.stringList({ description: 'The steps of a fix.', resolve: ({ steps }) => [...steps] }),
    commands: t.stringList({
      description: 'Commands that help. Commands that delete data are left out.',
      resolve: ({ commands }) => [...commands],
    }),
    confidence: t.expose('confidence', { type: Confidence, description: 'How sure the model is.' }),
  }),
});
