import type { z } from 'zod';

/** A topic of the bus: its name, and the shape of its payload, which is checked on receipt. */
export interface Topic<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
}

export const defineTopic = <Payload>(name: string, payload: z.ZodType<Payload>): Topic<Payload> => ({
  name,
  payload,
});
