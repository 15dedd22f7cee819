import { MongoBulkWriteError, MongoError, MongoServerError } from 'mongodb';
import { causesOf } from '../errors/causes.ts';
import { Failure, serviceUnavailable, storageFull } from '../errors/failures.ts';
import { StartupError } from '../errors/startupError.ts';
import { isNetworkError } from '../errors/systemErrors.ts';

/** A newer release wrote the database, and this release can't use it. The message is one line. */
export class NewerMongoStore extends StartupError {
  override readonly name = 'NewerMongoStore';
}

/** Returns whether a unique index already has the value. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === 11_000;

/** Returns whether the collection or the index doesn't exist (error_codes.yml of MongoDB). */
export const isMissing = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === 26 || error.code === 27);

/**
 * Codes of a server that is temporarily unavailable (error_codes.yml of MongoDB): it starts or stops, isn't the
 * primary, was interrupted, timed out, rejects our credentials, or its replica set is changing.
 */
const unavailableCodes = new Set<unknown>([
  6, 7, 13, 18, 24, 43, 46, 50, 63, 64, 79, 89, 91, 100, 112, 117, 133, 134, 150, 175, 189, 202, 237, 246,
  262, 279, 290, 317, 365, 384, 391, 462, 9001, 10_058, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435,
  13_436,
]);

/** OutOfDiskSpace. */
const outOfDiskSpace = 14_031;

/** Labels of servers and driver for errors after which a retry may succeed. */
const unavailableLabels = [
  'RetryableError',
  'RetryableWriteError',
  'SystemOverloadedError',
  'TransientTransactionError',
];

/**
 * The meaning of each error class of the driver. An unlisted class counts as its nearest listed superclass; a test
 * compares the list with the driver's exports. `server`: the error code decides.
 */
const meanings: Readonly<Record<string, 'unavailable' | 'bug' | 'server'>> = {
  MongoError: 'unavailable',
  MongoDriverError: 'unavailable',
  // Connections, pools and server selection.
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
  // Authentication at the server: passwords rotate, and clouds have outages.
  MongoAWSError: 'unavailable',
  MongoAzureError: 'unavailable',
  MongoGCPError: 'unavailable',
  MongoOIDCError: 'unavailable',
  MongoKerberosError: 'unavailable',
  MongoChangeStreamError: 'unavailable',
  // Responses of the server.
  MongoServerError: 'server',
  MongoBulkWriteError: 'server',
  MongoClientBulkWriteError: 'server',
  MongoClientBulkWriteCursorError: 'server',
  MongoWriteConcernError: 'unavailable',
  // Calls that the driver rejects.
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

/** The names of the listed error classes. */
export const classifiedErrors: ReadonlySet<string> = new Set(Object.keys(meanings));

const meaningOf = (error: MongoError): 'unavailable' | 'bug' | 'server' => {
  for (let type = error.constructor; type !== Function.prototype; type = Object.getPrototypeOf(type)) {
    const meaning = meanings[type.name];
    if (meaning) return meaning;
  }
  return 'unavailable';
};

/** Returns the codes of a server error: its own, and one per failed write of a bulk write. */
const codesOf = (error: MongoError): readonly unknown[] => [
  error.code,
  ...(error instanceof MongoBulkWriteError ? [error.writeErrors].flat().map((one) => one?.code) : []),
];

/**
 * Classifies an error of the driver. `unavailable`: a retry may succeed later, but a write may already have been done.
 * `full`: the disk of the server is full. `bug`: a bug of this program, and any error of neither driver nor network.
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

/** Creates the failure for an unavailable MongoDB. */
export const mongoUnavailable = (cause?: unknown): Failure =>
  serviceUnavailable(
    'The service can’t read or save data at the moment: its MongoDB is unavailable. Try again shortly.',
    cause === undefined ? undefined : { cause },
  );

/** Returns the failure for an error of the driver. Returns a bug unchanged. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  const meaning = classifyError(error);
  if (meaning === 'full') return storageFull(error);
  return meaning === 'unavailable' ? mongoUnavailable(error) : error;
};

/** Returns the reason of an error in one line. */
export const reasonOf = (error: unknown): string => {
  const cause = error instanceof Failure && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ');
};
