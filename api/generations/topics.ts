import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/** To the worker that runs it, whichever replica that is on. Keyed `all`: each worker listens once. */
export const cancelRequested = defineTopic('generation.cancel', z.object({ id: z.string() }));
