import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/** To the worker that runs it, whichever replica that is on. Keyed `all`: each worker listens once. */
export const cancelRequested = defineTopic('generation.cancel', z.object({ id: z.string() }));

/** Places in the queue may have changed on the replica `by`. Keyed `all`: each replica listens once. */
export const queueChanged = defineTopic('queue.changed', z.object({ by: z.string() }));
