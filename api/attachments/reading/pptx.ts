import { posix } from 'node:path';
import { type DocumentText, damagedFile, documentLimits, readParts } from './document.ts';
import { elementsOf, walkXml, type XmlAttributes } from './xml.ts';
import { type CheckedZip, checkZip } from './zip.ts';

const presentation = 'ppt/presentation.xml';

/**
 * Reads the text of a presentation, slide by slide, each below a line with its number: shapes, tables as lines with `|`, then
 * the notes of the speaker. Throws `Unreadable`.
 */
export const readPptx = async (bytes: Buffer): Promise<DocumentText> => {
  const zip = await checkZip(bytes);
  const targets = new Map(
    (await relationshipsOf(zip, presentation)).map(({ Id, path }) => [Id, path] as const),
  );
  const slides = elementsOf((await zip.text(presentation)) ?? '', 'sldId').map((slide) =>
    targets.get(slide['r:id']),
  );
  if (slides.length === 0) throw damagedFile();
  const pages = slides.length;
  const read = async (number: number): Promise<string> => {
    const path = slides[number - 1];
    const xml = path === undefined ? null : await zip.text(path);
    if (path === undefined || xml === null) throw damagedFile();
    const notes = await notesOf(zip, path);
    const lines = [textOf(xml), notes === '' ? '' : `Notes: ${notes}`].filter((line) => line !== '');
    return lines.length === 0 ? '' : `[Slide ${number}]\n${lines.join('\n\n')}`;
  };
  return { ...(await readParts({ count: pages, limit: documentLimits.pages, noun: 'slides', read })), pages };
};

type Relationship = XmlAttributes & { readonly path: string };

/** Returns the relationships of a part, with the paths of their targets in the archive (ECMA-376, part 2). */
const relationshipsOf = async (zip: CheckedZip, part: string): Promise<readonly Relationship[]> => {
  const { dir, base } = posix.parse(part);
  const xml = await zip.text(`${dir}/_rels/${base}.rels`);
  return elementsOf(xml ?? '', 'Relationship').map((relationship) => ({
    ...relationship,
    path: posix.resolve(`/${dir}`, relationship.Target ?? '').slice(1),
  }));
};

const notesOf = async (zip: CheckedZip, slide: string): Promise<string> => {
  const relationships = await relationshipsOf(zip, slide);
  const notes = relationships.find(({ Type }) => Type?.endsWith('/notesSlide'));
  const xml = notes ? await zip.text(notes.path) : null;
  return xml === null ? '' : textOf(xml);
};

/** Placeholders that repeat on all slides, and the picture of the slide on its notes. */
const repeated = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg']);

/** Returns the paragraphs of a slide as lines. A row of a table is one line. */
const textOf = (xml: string): string => {
  const lines: string[] = [];
  /** The number of lines before the current shape. */
  let before = 0;
  let isRepeated = false;
  let paragraph = '';
  let isText = false;
  let row: string[] | null = null;
  let cell: string[] = [];
  /** How deep in a fallback, which repeats what programs that know an extension show instead. */
  let fallbacks = 0;

  walkXml(xml, {
    open(name, { type = '' }) {
      if (name === 'Fallback') fallbacks += 1;
      else if (fallbacks > 0) return;
      else if (name === 'sp') [before, isRepeated] = [lines.length, false];
      else if (name === 'ph') isRepeated = repeated.has(type);
      else if (name === 'p') paragraph = '';
      else if (name === 't') isText = true;
      else if (name === 'br') paragraph += ' ';
      else if (name === 'tr') row = [];
      else if (name === 'tc') cell = [];
    },
    text(part) {
      if (isText && fallbacks === 0) paragraph += part;
    },
    close(name) {
      if (name === 'Fallback') fallbacks -= 1;
      else if (fallbacks > 0) return;
      else if (name === 't') isText = false;
      else if (name === 'p' && paragraph.trim() !== '') (row ? cell : lines).push(paragraph.trim());
      else if (name === 'tc') row?.push(cell.join(' '));
      else if (name === 'tr') {
        if (row?.some((text) => text !== '')) lines.push(row.join(' | ').trim());
        row = null;
      } else if (name === 'sp' && isRepeated) lines.length = before;
    },
  });
  return lines.join('\n');
};
