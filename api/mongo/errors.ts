import { MongoBulkWriteError, MongoError, MongoServerError } from 'mongodb';
import { Failure, serviceUnavailable, storageFull } from '../errors/failures.ts';
import { StartupError } from '../errors/startupError.ts';
import { causesOf, isNetworkError } from '../errors/systemErrors.ts';

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
 * Codes of a server that can't serve for now (error_codes.yml of MongoDB): it starts, stops, is or was no primary, was
 * interrupted, took too long, refuses our credentials, or its replica set is changing.
 */
const unavailableCodes = new Set<unknown>([
  6, 7, 13, 18, 24, 43, 46, 50, 63, 64, 79, 89, 91, 100, 112, 117, 133, 134, 150, 175, 189, 202, 237, 246,
  262, 279, 290, 317, 365, 384, 391, 462, 9001, 10_058, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435,
  13_436,
]);

/** OutOfDiskSpace. */
const outOfDiskSpace = 14_031;

/** Labels that servers and driver give to errors after which the same operation may succeed. */
const unavailableLabels = [
  'RetryableError',
  'RetryableWriteError',
  'SystemOverloadedError',
  'TransientTransactionError',
];

/**
 * What each error class of the driver means. A class that isn't listed counts as the nearest class it extends; a test
 * compares the list with the driver's exports. `server`: the server's code decides.
 */
const meanings: Readonly<Record<string, 'unavailable' | 'bug' | 'server'>> = {
  MongoError: 'unavailable',
  MongoDriverError: 'unavailable',
  // Connections, pools and the search for a server.
  MongoNetworkError: 'unavailable',
  MongoNetworkTimeoutError: 'unavailable',
  MongoServerSelectionError: 'unavailable',
  MongoSystemError: 'unavailable',
  MongoOperationTimeoutError: 'unavailable',
  MongoStalePrimaryError: 'unavailable',
  MongoNotConnectedError: 'unavailable',
  MongoTopologyClosedError: 'unavailable',
  MongoServerClosedError: 'unavailable',
  MongoClientClosedError: 'unavailable',
  MongoExpiredSessionError: 'unavailable',
  MongoCursorExhaustedError: 'unavailable',
  MongoUnexpectedServerResponseError: 'unavailable',
  MongoDecompressionError: 'unavailable',
  MongoRuntimeError: 'unavailable',
  // Signing in at the server: passwords rotate, and clouds have outages.
  MongoAWSError: 'unavailable',
  MongoAzureError: 'unavailable',
  MongoGCPError: 'unavailable',
  MongoOIDCError: 'unavailable',
  MongoKerberosError: 'unavailable',
  MongoChangeStreamError: 'unavailable',
  // Answers of the server.
  MongoServerError: 'server',
  MongoBulkWriteError: 'server',
  MongoClientBulkWriteError: 'server',
  MongoClientBulkWriteCursorError: 'server',
  MongoWriteConcernError: 'unavailable',
  // Calls that the driver refuses.
  MongoAPIError: 'bug',
  MongoBatchReExecutionError: 'bug',
  MongoClientBulkWriteExecutionError: 'bug',
  MongoCompatibilityError: 'bug',
  MongoCryptError: 'bug',
  MongoCryptAzureKMSRequestError: 'bug',
  MongoCryptCreateDataKeyError: 'bug',
  MongoCryptCreateEncryptedCollectionError: 'bug',
  MongoCryptInvalidArgumentError: 'bug',
  MongoCryptKMSRequestNetworkTimeoutError: 'bug',
  MongoCursorInUseError: 'bug',
  MongoGridFSChunkError: 'bug',
  MongoGridFSStreamError: 'bug',
  MongoInvalidArgumentError: 'bug',
  MongoMissingCredentialsError: 'bug',
  MongoMissingDependencyError: 'bug',
  MongoParseError: 'bug',
  MongoTailableCursorError: 'bug',
  MongoTransactionError: 'bug',
};

/** The names of the error classes that are classified one by one. */
export const classifiedErrors: ReadonlySet<string> = new Set(Object.keys(meanings));

const meaningOf = (error: MongoError): 'unavailable' | 'bug' | 'server' => {
  for (let type = error.constructor; type !== Function.prototype; type = Object.getPrototypeOf(type)) {
    const meaning = meanings[type.name];
    if (meaning) return meaning;
  }
  return 'unavailable';
};

/** The codes of a server's answer: its own, and those of the writes of a bulk that failed. */
const codesOf = (error: MongoError): readonly unknown[] => [
  error.code,
  ...(error instanceof MongoBulkWriteError ? [error.writeErrors].flat().map((one) => one?.code) : []),
];

/**
 * What an error of the driver means: `unavailable`, the same call may succeed later, but a write may have been done
 * already; `full`, the server has no disk space left; `bug`, a mistake of this program. Anything that isn't the driver's
 * or the network's is a bug.
 */
export const classifyError = (error: unknown): 'unavailable' | 'full' | 'bug' => {
  const errors = causesOf(error).filter((cause) => cause instanceof MongoError);
  if (errors.some((one) => codesOf(one).includes(outOfDiskSpace))) return 'full';
  const isTemporary = errors.some(
    (one) =>
      unavailableLabels.some((label) => one.hasErrorLabel(label)) ||
      codesOf(one).some((code) => unavailableCodes.has(code)) ||
      meaningOf(one) === 'unavailable',
  );
  return isTemporary || isNetworkError(error) ? 'unavailable' : 'bug';
};

/** MongoDB is unavailable: a failure that says to try again. */
export const mongoUnavailable = (cause?: unknown): Failure =>
  serviceUnavailable(
    'The service can read and save nothing at the moment: its MongoDB is unavailable. Try again shortly.',
    cause === undefined ? undefined : { cause },
  );

/** The failure to throw for an error of the driver; a bug stays the error that it is. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  const meaning = classifyError(error);
  if (meaning === 'full') return storageFull(error);
  return meaning === 'unavailable' ? mongoUnavailable(error) : error;
};

/** What went wrong, in one line. */
export const reasonOf = (error: unknown): string => {
  const told = error instanceof Failure && error.cause instanceof Error ? error.cause : error;
  return (told instanceof Error ? told.message : String(told)).replaceAll(/\s+/g, ' ');
};
