import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { S3mini } from 's3mini';
import { notFound, serviceUnavailable } from '../../errors/failures.ts';
import { bucketFolder, bucketKey, bucketKeyOf } from './bucketKey.ts';
import type { AttachmentFiles } from './files.ts';

/** Objects in a page of a list. */
const pageSize = 1_000;

/**
 * Stores files in a bucket, below a prefix. `local` keeps the parts of unfinished uploads, because S3 accepts no parts below 5 MB, and the
 * files that were stored in it before. A file's name is used once, and its checksum is checked by the store.
 */
export const s3AttachmentFiles = (
  client: S3mini,
  prefix: string,
  local: AttachmentFiles,
): AttachmentFiles => {
  const root = `${prefix}${bucketFolder}`;
  const objectOf = (key: string): string | null => {
    const parts = bucketKeyOf(key);
    return parts && `${root}${parts.ownerId}/${parts.id}`;
  };

  /** Yields the objects whose names begin with `start`. */
  async function* objects(start: string) {
    let next: string | undefined;
    do {
      const page = await available(client.listObjectsPaged('/', start, pageSize, next));
      yield* page?.objects ?? [];
      next = page?.nextContinuationToken;
    } while (next !== undefined);
  }

  return {
    ...local,
    async write({ ownerId, id, sha256 }, bytes) {
      const checksum = Buffer.from(sha256, 'hex').toString('base64');
      await available(
        client.putObject(
          `${root}${ownerId}/${id}`,
          bytes,
          'application/octet-stream',
          undefined,
          { 'x-amz-checksum-sha256': checksum },
          bytes.byteLength,
        ),
      );
      return bucketKey(ownerId, id);
    },
    async open(key) {
      const object = objectOf(key);
      if (object === null) return local.open(key);
      const response = await available(client.getObjectResponse(object));
      if (!response?.body) throw notFound('attachment');
      return Readable.fromWeb(response.body as ReadableStream);
    },
    async delete(keys) {
      await local.delete(keys.filter((key) => objectOf(key) === null));
      for (const key of keys) {
        const object = objectOf(key);
        if (object !== null) await available(client.deleteObject(object));
      }
    },
    async *keys(before) {
      yield* local.keys(before);
      for await (const { Key: name, LastModified: at } of objects(root)) {
        const [ownerId = '', id = '', ...rest] = name.slice(root.length).split('/');
        if (at < before && id !== '' && rest.length === 0) yield bucketKey(ownerId, id);
      }
    },
    async deleteOfOwner(ownerId) {
      await local.deleteOfOwner(ownerId);
      const names: string[] = [];
      for await (const { Key: name } of objects(`${root}${ownerId}/`)) names.push(name);
      for (const name of names) await available(client.deleteObject(name));
    },
  };
};

const available = async <Value>(work: Promise<Value>): Promise<Value> => {
  try {
    return await work;
  } catch (error) {
    throw serviceUnavailable('The store of files is unavailable. Try again in a minute.', { cause: error });
  }
};
