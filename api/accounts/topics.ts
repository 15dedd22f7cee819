import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/**
 * Something that let somebody in was ended before its time, or lets in for other things from now on (`isOver` is false):
 * whatever was opened with it closes. `id` is that of a
 * session, of an API key, or of a user, for all that lets this one in. Keyed `all`: each replica listens once.
 */
export const accessEnded = defineTopic(
  'access.ended',
  z.object({ id: z.string(), isOver: z.boolean().default(true) }),
);
