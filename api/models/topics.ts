import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';
import { pull } from './pull.ts';

/** The progress of a pull, at least about once per second while it runs. Keyed `all`: each replica subscribes once. */
export const pullProgressed = defineTopic('model.pull', pull);

/** A request to the replica that runs a pull. Keyed `all`: each replica subscribes once. */
export const pullCancelRequested = defineTopic('model.pullCancel', z.object({ id: z.string() }));
