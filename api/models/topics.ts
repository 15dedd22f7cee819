import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';
import { pull } from './pull.ts';

/** How far a pull is, about once a second at least while it runs. Keyed `all`: each replica listens once. */
export const pullProgressed = defineTopic('model.pull', pull);

/** To the replica that runs it. Keyed `all`: each replica listens once. */
export const pullCancelRequested = defineTopic('model.pullCancel', z.object({ id: z.string() }));
