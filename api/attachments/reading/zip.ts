import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { decodeText } from './decodeText.ts';
import { damagedFile, documentLimits, Unreadable } from './document.ts';

/** A ZIP archive that `checkZip` accepted. */
export interface CheckedZip {
  /** Resolves to the text of an entry; null if there is none, or if it is no text. Throws `Unreadable`. */
  text(name: string): Promise<string | null>;
}

/** Returns the names of the entries of a ZIP archive. Throws `Unreadable`. */
export const entryNamesOf = async (bytes: Buffer): Promise<readonly string[]> =>
  (await entriesOf(bytes)).entries.map(({ fileName }) => fileName);

/**
 * Inflates every entry once, without keeping it, and throws `Unreadable` for an encrypted or damaged archive and for one
 * that would take too much memory. The sizes that an archive declares can be wrong; the counted ones can't.
 */
export const checkZip = async (bytes: Buffer): Promise<CheckedZip> => {
  const { zip, entries } = await entriesOf(bytes);
  let total = 0;
  for (const entry of entries) {
    if (entry.isEncrypted()) throw new Unreadable('is encrypted. Remove its password, then attach it again.');
    total += entry.uncompressedSize;
    if (total > documentLimits.uncompressedBytes) throw tooLarge();
    // Throws as soon as an entry has more bytes than it declares.
    for await (const _chunk of await zip.openReadStreamPromise(entry).catch(damaged)) {
      // Only counted.
    }
  }
  const byName = new Map(entries.map((entry) => [entry.fileName, entry]));
  return {
    async text(name) {
      const entry = byName.get(name);
      if (!entry) return null;
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry).catch(damaged)) chunks.push(chunk);
      return decodeText(Buffer.concat(chunks));
    },
  };
};

const entriesOf = async (bytes: Buffer): Promise<{ zip: ZipFile; entries: readonly Entry[] }> => {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true }).catch(damaged);
  if (zip.entryCount > documentLimits.entries) throw tooLarge();
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (error) {
    return damaged(error);
  }
  return { zip, entries };
};

const damaged = (error: unknown): never => {
  throw damagedFile(error);
};

const tooLarge = () =>
  new Unreadable(
    `has more than ${documentLimits.uncompressedBytes / 1e6} MB of content. Split it into smaller files.`,
  );
