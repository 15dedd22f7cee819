import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/** Cancels a running generation: the worker that runs it listens, on any replica. Keyed `all`: each worker subscribes once. */
export const cancelRequested = defineTopic('generation.cancel', z.object({ id: z.string() }));

/** The owner decided on a call of a tool. Keyed by the generation's id: its worker listens while a call waits. */
export const toolCallDecided = defineTopic('generation.toolCallDecided', z.object({ callId: z.string() }));

/** Positions in the queue may have changed, on the replica `by`. Keyed `all`: each replica subscribes once. */
export const queueChanged = defineTopic('queue.changed', z.object({ by: z.string() }));
