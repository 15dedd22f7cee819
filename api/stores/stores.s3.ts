import { s3AttachmentFiles } from '../attachments/files/files.s3.ts';
import type { BucketConfig } from '../config/values/bucket.ts';
import { checkBucket, openBucket } from '../s3/client.ts';
import type { Stores } from './stores.ts';

/** Puts the files of attachments into a bucket. Throws `StartupError`, and closes the stores, if it can't be used. */
export const withBucket = async (stores: Stores, bucket: BucketConfig): Promise<Stores> => {
  const client = openBucket(bucket);
  try {
    await checkBucket(client, bucket);
  } catch (error) {
    await stores.close();
    throw error;
  }
  return {
    ...stores,
    attachmentFiles: s3AttachmentFiles(client, bucket.prefix, stores.attachmentFiles),
    checkFiles: () => checkBucket(client, bucket),
  };
};
