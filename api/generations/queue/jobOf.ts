import type { Generation } from '../generation.ts';
import type { Job } from './queue.ts';

/** Returns the job of a generation, in its class: of people, or in the background. */
export const jobOf = ({ id, ownerId, prompt }: Pick<Generation, 'id' | 'ownerId' | 'prompt'>): Job => ({
  id,
  ownerId,
  ...(prompt?.isBackground && { isBackground: true }),
});
