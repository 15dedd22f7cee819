import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { documentLimits, Unreadable } from './document.ts';

/** Returns the names of the entries of a ZIP archive. Throws `Unreadable`. */
export const entryNamesOf = async (bytes: Buffer): Promise<readonly string[]> =>
  (await entriesOf(bytes)).entries.map(({ fileName }) => fileName);

/**
 * Inflates every entry once, without keeping it, and throws `Unreadable` for an encrypted or damaged archive and for one
 * that would take too much memory. The sizes that an archive declares can be wrong; the counted ones can't.
 */
export const checkZip = async (bytes: Buffer): Promise<void> => {
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

const damaged = (_error: unknown): never => {
  throw new Unreadable('is damaged. Open it in its program, save it again, then attach it.');
};

const tooLarge = () =>
  new Unreadable(
    `has more than ${documentLimits.uncompressedBytes / 1e6} MB of content. Split it into smaller files.`,
  );
