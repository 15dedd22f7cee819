import { builder } from '../../graph/builder.ts';

export const GenerationStatus = builder.enumType('GenerationStatus', {
  description: 'Where a generation is. The last four are final.',
  values: {
    QUEUED: { description: 'It waits for a slot of the engine.' },
    RUNNING: { description: 'The model reads, or answers.' },
    COMPLETED: { description: 'The answer is whole.' },
    CANCELLED: { description: 'Somebody stopped it; the text until then is kept.' },
    FAILED: { description: 'It went wrong, `error` says how; the text until then is kept.' },
    INTERRUPTED: { description: 'The server stopped; the text until then is kept, and it can be continued.' },
  },
});
