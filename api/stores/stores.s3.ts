import type { Logger } from 'pino';
import { s3AttachmentFiles } from '../attachments/files/files.s3.ts';
import type { BucketConfig } from '../config/values/bucket.ts';
import { BucketUnavailable, checkBucket, openBucket } from '../s3/client.ts';
import type { Stores } from './stores.ts';

/**
 * Puts the files of attachments into a bucket. Throws `StartupError`, and closes the stores, if it can't be used until an
 * operator changes something. A store of buckets that doesn't work at the moment is no reason: chats need no files.
 */
export const withBucket = async (stores: Stores, bucket: BucketConfig, log: Logger): Promise<Stores> => {
  const client = openBucket(bucket);
  try {
    await checkBucket(client, bucket);
  } catch (error) {
    if (!(error instanceof BucketUnavailable)) {
      await stores.close();
      throw error;
    }
    log.warn({ err: error }, 'attachments: the bucket is unavailable, files wait until it is back');
  }
  return {
    ...stores,
    attachmentFiles: s3AttachmentFiles(client, bucket.prefix, stores.attachmentFiles),
    checkFiles: () => checkBucket(client, bucket),
  };
};
