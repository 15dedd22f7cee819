import { ZiggieError } from '../errors.ts';

/** The payload of a mutation. It is null only beside an error, which is thrown before: throws `UNEXPECTED_ANSWER`. */
export const payloadOf = <Payload>(payload: Payload | null | undefined): Payload => {
  if (payload !== null && payload !== undefined) return payload;
  throw new ZiggieError('UNEXPECTED_ANSWER', 'The server gave neither a payload nor an error.');
};
