import { ZiggieError } from '../errors.ts';

/** Returns the payload of a mutation. A null payload has an error beside it, which is thrown before; else throws `UNEXPECTED_ANSWER`. */
export const payloadOf = <Payload>(payload: Payload | null | undefined): Payload => {
  if (payload !== null && payload !== undefined) return payload;
  throw new ZiggieError('UNEXPECTED_ANSWER', 'The server gave neither a payload nor an error.');
};
