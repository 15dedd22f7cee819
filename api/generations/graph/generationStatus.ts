import { builder } from '../../graph/builder.ts';

export const GenerationStatus = builder.enumType('GenerationStatus', {
  description: 'The status of a generation. The last four are final.',
  values: {
    QUEUED: { description: 'Waiting for an engine slot.' },
    RUNNING: { description: 'The model is processing the prompt or generating the answer.' },
    COMPLETED: { description: 'The answer is complete.' },
    CANCELLED: { description: 'The generation was cancelled; the text so far is kept.' },
    FAILED: { description: 'The generation failed with `error`; the text so far is kept.' },
    INTERRUPTED: {
      description: 'The server stopped; the text so far is kept, and the generation can be continued.',
    },
  },
});
