import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

/** A change of a batch: its progress, or its end. Keyed by the owner's id. */
export const batchChanged = defineTopic('batch.changed', z.object({ batchId: z.string() }));
