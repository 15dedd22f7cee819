import { S3mini } from 's3mini';
import { ulid } from 'ulid';
import type { BucketConfig } from '../config/values/bucket.ts';
import { silent } from '../redis/server.testing.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { withBucket } from '../stores/stores.s3.ts';
import type { Stores } from '../stores/stores.ts';
import { openBucket } from './client.ts';

/** The URL of a shared S3-compatible server, with the access key and the secret as user and password. */
const sharedS3Url = process.env.S3_URL ?? '';

/** Its region. Not the default one, which servers reject as the place of a new bucket. */
const sharedS3Region = 'eu-central-1';

/** Calls `describe`, or skips the suite if there is no server; its title then gives the reason. */
export const describeWithS3 = (name: string, body: () => void): void =>
  sharedS3Url === '' ? describe.skip(`${name} (skipped: S3_URL is not set)`, body) : describe(name, body);

/** Returns a bucket of the shared server that doesn't exist yet. */
export const absentBucket = (prefix = ''): BucketConfig => {
  const url = new URL(sharedS3Url);
  const bucket = `test-${ulid().toLowerCase()}`;
  return {
    endpoint: `${url.origin}/${bucket}`,
    bucket,
    prefix,
    region: sharedS3Region,
    accessKeyId: url.username,
    secretAccessKey: url.password,
  };
};

export const createBucket = async (prefix = ''): Promise<BucketConfig> => {
  const config = absentBucket(prefix);
  const created = await new S3mini(config).createBucket();
  if (!created) throw new Error(`The bucket ${config.bucket} was not created`);
  return config;
};

/** Opens stores on SQLite whose files are in a new bucket, which `close` empties. */
export const openTemporaryBucketStores = async (prefix = ''): Promise<Stores> => {
  const config = await createBucket(prefix);
  const stores = await withBucket(await openTemporaryStores(), config, silent);
  return {
    ...stores,
    async close() {
      await stores.close();
      const client = openBucket(config);
      for (const { Key: key } of (await client.listObjects()) ?? []) await client.deleteObject(key);
    },
  };
};
