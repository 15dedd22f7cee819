import { createReadStream, existsSync } from 'node:fs';
import { open, readdir, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { systemCode } from '../../api/errors/systemErrors.ts';
import type { ArchiveRecord } from './archive.ts';

/** The size of one chunk of a file, in bytes. */
const chunkBytes = 512 * 1024;

/** Yields a file in chunks. */
export const fileRecords = async function* (path: string, name: string): AsyncGenerator<ArchiveRecord> {
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    yield { file: name, data: (chunk as Buffer).toString('base64') };
  }
};

/** Yields a file, or nothing if it doesn't exist. */
export const optionalFileRecords = async function* (path: string, name: string) {
  if (existsSync(path)) yield* fileRecords(path, name);
};

/** Yields all files below a folder, as `prefix` and their path in it; hidden ones are unfinished. Skips deleted ones. */
export const folderRecords = async function* (folder: string, prefix: string): AsyncGenerator<ArchiveRecord> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `${prefix}${relative(folder, path).replaceAll('\\', '/')}`;
    try {
      yield* fileRecords(path, name);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
};

/** Writes the chunks of a file that only its owner may read, to a path that must not exist. */
export const createFileWriter = (path: string) => {
  const opened = open(path, 'wx', 0o600);
  // Reported by the first write.
  opened.catch(() => {});
  return {
    async write(data: string) {
      await (await opened).writeFile(Buffer.from(data, 'base64'));
    },
    /** Writes everything to the disk. */
    async close() {
      const file = await opened;
      await file.sync();
      await file.close();
    },
  };
};

export type FileWriter = ReturnType<typeof createFileWriter>;

/** Renames a file within its folder, so that the new name survives a power failure. */
export const renameDurably = async (from: string, to: string): Promise<void> => {
  await rename(from, to);
  const folder = await open(dirname(to), 'r');
  await folder.sync().catch(() => {});
  await folder.close();
};
