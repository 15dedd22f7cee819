import type { z } from 'zod';

/** What travels on the bus: a name, and the shape of its payload, checked on receipt. */
export interface Topic<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
}

export const defineTopic = <Payload>(name: string, payload: z.ZodType<Payload>): Topic<Payload> => ({
  name,
  payload,
});
