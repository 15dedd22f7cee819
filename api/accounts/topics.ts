import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/** A session was ended before its time: whatever was opened with it closes. Keyed `all`: each replica listens once. */
export const sessionEnded = defineTopic('session.ended', z.object({ sessionId: z.string() }));
