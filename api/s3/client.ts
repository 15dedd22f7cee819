import { setTimeout as sleep } from 'node:timers/promises';
import { S3mini, S3ServiceError } from 's3mini';
import type { BucketConfig } from '../config/values/bucket.ts';
import { StartupError } from '../errors/startupError.ts';

/** The time until the response to a request begins, in ms. An upload has up to 100 MB. */
const timeoutMs = { PUT: 60_000, other: 10_000 } as const;

/** How often a request is sent. All are idempotent: a file's name is used once. */
const attempts = 3;

/** The wait before the second attempt, in ms. It grows with each one. */
const retryMs = 200;

/** Opens the client of a bucket. Sends nothing yet. */
export const openBucket = ({ endpoint, region, accessKeyId, secretAccessKey }: BucketConfig): S3mini =>
  new S3mini({ endpoint, region, accessKeyId, secretAccessKey, fetch: boundedFetch });

/** Sends a request again after an error of the network or of the server. Each attempt is bounded in time. */
const boundedFetch: typeof fetch = async (input, init = {}) => {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === attempts;
    try {
      const response = await fetchInTime(input, init);
      if (isLast || response.status < 500) return response;
      await response.body?.cancel();
    } catch (error) {
      if (isLast) throw error;
    }
    await sleep(retryMs * attempt);
  }
};

const fetchInTime: typeof fetch = async (input, init = {}) => {
  const limitMs = init.method === 'PUT' ? timeoutMs.PUT : timeoutMs.other;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`s3: no response within ${limitMs / 1000} s`)),
    limitMs,
  );
  try {
    return await fetch(input, { ...init, signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
};

/** The store of the bucket doesn't work at the moment. */
export class BucketUnavailable extends StartupError {
  override readonly name = 'BucketUnavailable';
}

/**
 * Checks that the bucket exists and may be listed. Throws `StartupError`, which says what to do, if an operator has to change
 * something, and `BucketUnavailable` while the store of the bucket doesn't work.
 */
export const checkBucket = async (
  client: S3mini,
  { endpoint, bucket, prefix }: BucketConfig,
): Promise<void> => {
  const { host } = new URL(endpoint);
  const at = `The bucket "${bucket}" in ATTACHMENTS_URL`;
  const listed = await client.listObjectsPaged('/', prefix, 1).catch((error: unknown) => {
    throw failureOf(error, host, `${at} can't be used: `);
  });
  if (!listed) {
    throw new StartupError(`${at} does not exist at ${host}. Create it, or correct the variable.`);
  }
};

const failureOf = (error: unknown, host: string, prefix: string): Error => {
  const options = { cause: error };
  if (!(error instanceof S3ServiceError)) {
    return new BucketUnavailable(
      `${prefix}${host} does not answer. Start the store, or correct the variable.`,
      options,
    );
  }
  const { status, serviceCode = '' } = error;
  if (status === 401 || status === 403) {
    return new StartupError(
      `${prefix}${host} rejects the credentials (${serviceCode || status}). Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and permit the key to list, read, write and delete objects.`,
      options,
    );
  }
  if (status < 500 && status !== 429) {
    return new StartupError(
      `${prefix}${host} rejects the request (${serviceCode || status}). Correct AWS_REGION and the address.`,
      options,
    );
  }
  return new BucketUnavailable(`${prefix}${host} answers with ${status}. Look into its log.`, options);
};
