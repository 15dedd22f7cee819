import { createReadStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
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
