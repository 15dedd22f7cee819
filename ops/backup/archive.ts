import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import { systemCode } from '../../api/errors/systemErrors.ts';

/** A backup that can't be made, read or restored. The message says why and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** The first record of an archive. */
export interface Header {
  readonly format: 'ziggie-backup-1';
  /** The version of the service. */
  readonly version: string;
  readonly at: string;
  readonly store: 'sqlite' | 'mongodb';
}

/** A record of an archive. A file may have several chunks, in their order. */
export type ArchiveRecord =
  | { readonly file: string; readonly data: string }
  /** A document of MongoDB, in canonical Extended JSON. */
  | { readonly collection: string; readonly document: unknown };

/** How many records there are of each file and collection. */
export type Counts = Readonly<Record<string, number>>;

interface End {
  readonly counts: Counts;
  /** Of all lines before it, in hex. */
  readonly sha256: string;
}

export interface Archive {
  readonly header: Header;
  readonly counts: Counts;
  readonly sha256: string;
}

/** The beginning of the names of attachments, which are counted together. */
export const attachmentsPrefix = 'attachments/files/';

const subjectOf = (record: ArchiveRecord): string => {
  if (!('file' in record)) return record.collection;
  return record.file.startsWith(attachmentsPrefix) ? 'attachments' : record.file;
};

/**
 * Writes an archive: JSON lines, compressed, and encrypted by age with a passphrase, so that `age --decrypt FILE | gunzip`
 * reads it too. `path` must not exist; a file that can't be completed is deleted.
 */
export const writeArchive = async (
  path: string,
  passphrase: string,
  header: Header,
  records: AsyncIterable<ArchiveRecord>,
): Promise<Archive> => {
  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  let sha256 = '';
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;
  const lines = async function* () {
    const hashed = (value: unknown) => {
      const text = line(value);
      hash.update(text);
      return text;
    };
    yield hashed(header);
    for await (const record of records) {
      counts[subjectOf(record)] = (counts[subjectOf(record)] ?? 0) + 1;
      yield hashed(record);
    }
    sha256 = hash.digest('hex');
    yield line({ counts, sha256 } satisfies End);
  };

  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  try {
    const source = Readable.from(lines(), { objectMode: false });
    const gzip = createGzip();
    // A failed source has to end the encryption too, which reads from the other end.
    const compressing = pipeline(source, gzip);
    compressing.catch(() => {});
    const encrypted = await encrypter.encrypt(Readable.toWeb(gzip) as ReadableStream<Uint8Array>);
    const file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true });
    await Promise.all([compressing, pipeline(Readable.fromWeb(encrypted as NodeStream), file)]);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') await rm(path, { force: true });
    throw error;
  }
  return { header, counts, sha256 };
};

/** The maximum length of a line, in bytes: the largest document of MongoDB has 16 MiB, and is longer as JSON. */
const maxLine = 64 * 1024 * 1024;

const linesOf = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      pending.push(chunk.subarray(from, end));
      yield Buffer.concat(pending).toString('utf8');
      pending = [];
      length = 0;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    length += rest.length;
    if (length > maxLine) throw new BackupError('The backup is damaged: a line of it has no end.');
    pending.push(rest);
  }
  if (length > 0) throw damaged('its end is missing');
};

const damaged = (why: string): BackupError =>
  new BackupError(`The backup is damaged: ${why}. Use an older one.`);

/**
 * Reads an archive from its beginning to its end, and calls `onRecord` for each record. Compares counts and hash with those
 * that were written.
 *
 * @throws BackupError if the passphrase is wrong, or the file is damaged or incomplete
 */
export const readArchive = async (
  path: string,
  passphrase: string,
  onRecord: (record: ArchiveRecord, header: Header) => Promise<void> | void,
): Promise<Archive> => {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const encrypted = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  const decrypted = await decrypter.decrypt(encrypted).catch((error: unknown) => {
    throw explain(error);
  });
  const gunzip = createGunzip();
  const decompressing = pipeline(Readable.fromWeb(decrypted as NodeStream), gunzip);
  decompressing.catch(() => {});

  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  let header: Header | null = null;
  let end: End | null = null;
  try {
    for await (const text of linesOf(gunzip)) {
      if (end) throw damaged('it goes on after its end');
      const value = JSON.parse(text) as Header | ArchiveRecord | End;
      if ('sha256' in value) {
        end = value;
        continue;
      }
      hash.update(`${text}\n`);
      if ('format' in value) header = value;
      else {
        if (header?.format !== 'ziggie-backup-1') {
          throw new BackupError('The backup was made by another release. Restore it with that release.');
        }
        counts[subjectOf(value)] = (counts[subjectOf(value)] ?? 0) + 1;
        await onRecord(value, header);
      }
    }
    await decompressing;
  } catch (error) {
    throw explain(error);
  }
  if (!header || !end) throw damaged('its end is missing');
  const sha256 = hash.digest('hex');
  if (sha256 !== end.sha256) throw damaged('its hash differs');
  const wrong = Object.keys({ ...end.counts, ...counts }).filter((name) => end.counts[name] !== counts[name]);
  if (wrong.length > 0) throw damaged(`records of ${wrong.join(', ')} are missing`);
  return { header, counts, sha256 };
};

const explain = (error: unknown): unknown => {
  if (error instanceof BackupError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return new BackupError('The backup does not exist. Check its path.');
  if (error instanceof Error && /no identity matched/i.test(error.message)) {
    return new BackupError('The passphrase is wrong. Set BACKUP_PASSPHRASE to the one of the backup.');
  }
  const isFormat = error instanceof SyntaxError || /^(Z_|ERR_)/.test(code) || error instanceof Error;
  return isFormat && !code.startsWith('E') ? damaged(error instanceof Error ? error.message : code) : error;
};
