import { posix } from 'node:path';
import { type DocumentText, damagedFile, readParts, Unreadable } from './document.ts';
import { readHtml } from './html.ts';
import { elementsOf } from './xml.ts';
import { type CheckedZip, checkZip } from './zip.ts';

/** Reads the text of a book in its reading order, as its chapters show it. Throws `Unreadable`. */
export const readEpub = async (bytes: Buffer): Promise<DocumentText> => {
  const zip = await checkZip(bytes);
  const chapters = await chaptersOf(zip);
  const protectedPaths = await protectedPathsOf(zip);
  const read = async (number: number): Promise<string> => {
    const path = chapters[number - 1] ?? '';
    if (protectedPaths.has(path)) throw new Unreadable("is protected against copying, so it can't be read.");
    return readHtml(withoutEmptyElements((await zip.text(path)) ?? '')).text;
  };
  return { ...(await readParts({ count: chapters.length, noun: 'chapters', read })), pages: null };
};

/** Returns the paths of the chapters in reading order (EPUB 3.3, container and package document). */
const chaptersOf = async (zip: CheckedZip): Promise<readonly string[]> => {
  const [root] = elementsOf((await zip.text('META-INF/container.xml')) ?? '', 'rootfile');
  const packagePath = root?.['full-path'] ?? '';
  const book = await zip.text(packagePath);
  if (book === null) throw damagedFile();
  const paths = new Map(
    elementsOf(book, 'item').map(({ id, href = '' }) => [id, pathOf(packagePath, href)] as const),
  );
  const chapters = elementsOf(book, 'itemref').flatMap(({ idref }) => paths.get(idref) ?? []);
  if (chapters.length === 0) throw damagedFile();
  return chapters;
};

/** Returns the path in the archive of a reference, which is a relative URL. */
const pathOf = (base: string, href: string): string => {
  try {
    return decodeURIComponent(new URL(href, `http://book/${encodeURI(base)}`).pathname).slice(1);
  } catch {
    return '';
  }
};

/** Returns the paths of encrypted entries. Fonts are often encrypted in books that aren't protected. */
const protectedPathsOf = async (zip: CheckedZip): Promise<ReadonlySet<string>> => {
  const xml = (await zip.text('META-INF/encryption.xml')) ?? '';
  return new Set(elementsOf(xml, 'CipherReference').map(({ URI = '' }) => posix.normalize(pathOf('', URI))));
};

/** Chapters are XHTML. A parser of HTML takes what follows `<title/>` for the title. */
const withoutEmptyElements = (xhtml: string): string =>
  xhtml.replace(/<(title|script|style|textarea|iframe)\b([^<>]*)\/>/gi, '<$1$2></$1>');
