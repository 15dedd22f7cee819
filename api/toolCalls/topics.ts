import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/** A client cancels one of its calls, which may run on any replica. Keyed `all`: each replica subscribes once. */
export const toolCallCancelled = defineTopic('toolCall.cancel', z.object({ name: z.string() }));
