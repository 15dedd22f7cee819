import { MongoAPIError, MongoError, MongoServerError, MongoWriteConcernError } from 'mongodb';
import { engineUnavailable, Failure } from '../failures.ts';
import { StartupError } from '../startupError.ts';

/** The database was written by a newer release, which this one can't work beside. The message is one line. */
export class NewerMongoStore extends StartupError {
  override readonly name = 'NewerMongoStore';
}

/** A unique index has the value already. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === 11_000;

/** There is no such collection, or no such index (error_codes.yml of MongoDB). */
export const isMissing = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === 26 || error.code === 27);

/**
 * What a server answers that is there but can't serve for now (error_codes.yml of MongoDB): it stops, starts, is no
 * primary or was one, must not be asked by us, took too long, or has no disk left.
 */
const passing = new Set<unknown>([
  6, 7, 13, 18, 50, 64, 89, 91, 112, 133, 134, 189, 262, 317, 9001, 10_058, 10_107, 11_600, 11_602, 13_388,
  13_435, 13_436, 14_031,
]);

/** MongoDB is away: a failure that says to try again. */
export const mongoAway = (cause?: unknown): Failure =>
  engineUnavailable(
    'The service can read and save nothing at the moment: its MongoDB is away. Try again shortly.',
    cause === undefined ? undefined : { cause },
  );

/**
 * What to throw for an error of the driver. All but an answer that finds fault with the command means that MongoDB is
 * away; such an answer, and a call that the driver refuses, is a mistake of ours and stays what it is.
 */
export const asFailure = (error: unknown): unknown => {
  if (!(error instanceof MongoError) || error instanceof MongoAPIError) return error;
  if (!(error instanceof MongoServerError) || error instanceof MongoWriteConcernError)
    return mongoAway(error);
  return passing.has(error.code) ? mongoAway(error) : error;
};

/** What went wrong, in one line. */
export const reasonOf = (error: unknown): string => {
  const told = error instanceof Failure && error.cause instanceof Error ? error.cause : error;
  return (told instanceof Error ? told.message : String(told)).replaceAll(/\s+/g, ' ');
};
