import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { notFound } from '../../errors/failures.ts';
import { systemCode } from '../../errors/systemErrors.ts';
import { bucketKeyOf } from './bucketKey.ts';
import type { AttachmentFiles, UnfinishedUpload } from './files.ts';

const hex = /^[0-9a-f]{64}$/;
const ownerName = /^[\w-]{1,64}$/;

/**
 * Stores files in a folder, by owner and by checksum: a user's equal files are stored once. A file is written under
 * another name, flushed and renamed. Only one process at a time uses the folder.
 */
export const diskAttachmentFiles = (folder: string): AttachmentFiles => {
  const files = join(folder, 'files');
  const uploads = join(folder, 'uploads');

  /** Returns the path of a file. Rejects names that could leave the folder. */
  const pathOf = (root: string, ownerId: string, sha256: string): string => {
    if (!ownerName.test(ownerId) || !hex.test(sha256)) throw notFound('attachment');
    return join(root, ownerId, sha256);
  };
  const fileOf = (key: string): string => {
    const [ownerId = '', sha256 = '', ...rest] = key.split('/');
    if (rest.length > 0) throw notFound('attachment');
    return pathOf(files, ownerId, sha256);
  };
  const uploadOf = ({ ownerId, sha256 }: UnfinishedUpload): string => pathOf(uploads, ownerId, sha256);
  const sizeOf = async (path: string): Promise<number> => (await unlessAbsent(stat(path)))?.size ?? 0;

  return {
    async write({ ownerId, sha256 }, bytes) {
      const path = pathOf(files, ownerId, sha256);
      const owners = join(files, ownerId);
      await mkdir(owners, { recursive: true, mode: 0o700 });
      const temporary = join(owners, `.${randomUUID()}`);
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder(owners);
      return `${ownerId}/${sha256}`;
    },
    async open(key) {
      const file = await unlessAbsent(open(fileOf(key), 'r'));
      if (!file) throw notFound('attachment');
      return file.createReadStream();
    },
    async delete(keys) {
      // A file in a bucket, which was configured before, isn't here.
      for (const key of keys) if (bucketKeyOf(key) === null) await rm(fileOf(key), { force: true });
    },
    async *keys(before) {
      for (const ownerId of await namesIn(files)) {
        for (const name of await namesIn(join(files, ownerId))) {
          const path = join(files, ownerId, name);
          const found = await unlessAbsent(stat(path));
          if (!found || found.mtimeMs >= before.getTime()) continue;
          // Left by a crash in mid-write.
          if (!hex.test(name)) await rm(path, { force: true });
          else yield `${ownerId}/${name}`;
        }
      }
    },
    received: async (upload) => sizeOf(uploadOf(upload)),
    async append(upload, offset, part) {
      const path = uploadOf(upload);
      await mkdir(join(uploads, upload.ownerId), { recursive: true, mode: 0o700 });
      const size = await sizeOf(path);
      if (offset !== size) return size;
      await appendFile(path, part, { mode: 0o600, flush: true });
      return sizeOf(path);
    },
    join: (upload) => readFile(uploadOf(upload)),
    async discard(upload) {
      await rm(uploadOf(upload), { force: true });
    },
    async unfinishedBytes(ownerId) {
      let bytes = 0;
      for (const name of await namesIn(join(uploads, ownerId)))
        bytes += await sizeOf(join(uploads, ownerId, name));
      return bytes;
    },
    async deleteOfOwner(ownerId) {
      if (!ownerName.test(ownerId)) return;
      for (const root of [files, uploads]) await rm(join(root, ownerId), { recursive: true, force: true });
    },
    async discardBefore(before) {
      for (const ownerId of await namesIn(uploads)) {
        for (const name of await namesIn(join(uploads, ownerId))) {
          const path = join(uploads, ownerId, name);
          const found = await unlessAbsent(stat(path));
          if (found && found.mtimeMs < before.getTime()) await rm(path, { force: true });
        }
      }
    },
  };
};

const unlessAbsent = async <Value>(work: Promise<Value>): Promise<Value | null> => {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await unlessAbsent(readdir(folder))) ?? [];

/** Makes a rename survive a power failure. Not possible on Windows, where folders can't be opened. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
