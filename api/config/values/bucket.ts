/** A bucket of an S3-compatible store, without credentials. */
export interface BucketAddress {
  /** The address of the bucket with its name as the path. Null: the one of AWS in the region. */
  readonly endpoint: string | null;
  readonly bucket: string;
  /** What the names of all objects begin with: empty, or a path with a slash at its end. */
  readonly prefix: string;
}

/** A bucket with the credentials to use it. */
export interface BucketConfig extends Omit<BucketAddress, 'endpoint'> {
  /** The address of the bucket with its name as the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const prefixName = /^(?:[\w.-]{1,100}\/){0,5}$/;

/** Parses `s3://bucket/prefix`, or `s3+https://host:9000/bucket/prefix`. Returns null if it is neither. */
export const parseBucketAddress = (text: string): BucketAddress | null => {
  const [, scheme = '', rest = ''] = /^s3(\+https?)?:\/\/(.*)$/.exec(text) ?? [];
  const url = URL.parse(scheme === '' ? `https://aws/${rest}` : `${scheme.slice(1)}://${rest}`);
  if (!url || rest === '' || url.username || url.password || url.search || url.hash) return null;
  const [bucket = '', ...folders] = url.pathname.slice(1).replace(/\/$/, '').split('/');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  if (!bucketName.test(bucket) || !prefixName.test(prefix)) return null;
  return { endpoint: scheme === '' ? null : `${url.origin}/${bucket}`, bucket, prefix };
};
