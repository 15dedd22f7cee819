import { cellLimit, csvLine } from './csv.ts';
import {
  type DocumentText,
  damagedFile,
  documentLimits,
  limitText,
  readParts,
  Unreadable,
} from './document.ts';
import { readHtml } from './html.ts';
import { elementsOf, walkXml, type XmlAttributes, type XmlHandler } from './xml.ts';
import { checkZip } from './zip.ts';

// Element and attribute names are those of OpenDocument 1.3, part 3.

/** Reads the text of a text document, with its headings, lists, tables and footnotes. Throws `Unreadable`. */
export const readOdt = async (bytes: Buffer): Promise<DocumentText> => {
  const html: string[] = [];
  const push = (tag: string | undefined) => {
    if (tag !== undefined) html.push(tag);
  };
  walkShown(await contentOf(bytes), {
    open: (name) => push(name === 'covered-table-cell' ? '<td>' : htmlTags[name]?.[0]),
    close: (name) => push(name === 'covered-table-cell' ? '</td>' : htmlTags[name]?.[1]),
    paragraph: (text, level) => {
      const tag = level === 0 ? 'p' : `h${level}`;
      html.push(`<${tag}>${escapeHtml(text)}</${tag}>`);
    },
  });
  return readHtml(html.join(''));
};

const htmlTags: Readonly<Record<string, readonly [open: string, close: string] | undefined>> = {
  list: ['<ul>', '</ul>'],
  'list-item': ['<li>', '</li>'],
  'list-header': ['<li>', '</li>'],
  table: ['<table>', '</table>'],
  'table-row': ['<tr>', '</tr>'],
  'table-cell': ['<td>', '</td>'],
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\n', '<br>');

/** Reads the cells of a spreadsheet as CSV, each sheet below a line with its name. Throws `Unreadable`. */
export const readOds = async (bytes: Buffer): Promise<DocumentText> => {
  const sheets: string[] = [];
  let lines: string[] = [];
  /** The length of all lines, and of those that aren't kept because they are beyond the limit. */
  let [length, omitted] = [0, 0];
  let row: string[] = [];
  let rowLength = 0;
  let rowRepeats = 1;
  /** Empty cells, which are only written if another follows: a sheet's last one is repeated up to its edge. */
  let blanks = 0;
  let cell: {
    readonly value: string | undefined;
    readonly repeats: number;
    readonly texts: string[];
  } | null = null;
  const limit = cellLimit();
  let count = 0;

  const addLines = (line: string, repeats: number) => {
    limit.add(row.length * repeats);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      if (length < documentLimits.textLength) lines.push(line);
      else omitted += line.length + 1;
      length += line.length + 1;
    }
  };
  /** Writes the cells of a row once for each repetition: a few bytes of a file can stand for gigabytes. */
  const addCells = (text: string, repeats: number) => {
    limit.check(row.length + blanks + repeats);
    rowLength += blanks + (text.length + 1) * repeats;
    if (rowLength > documentLimits.textLength) {
      throw new Unreadable(`has a row with more than ${documentLimits.textLength} characters.`);
    }
    for (; blanks > 0; blanks -= 1) row.push('');
    for (let repeat = 0; repeat < repeats; repeat += 1) row.push(text);
  };

  walkShown(await contentOf(bytes), {
    open(name, attributes) {
      if (name === 'table') {
        count += 1;
        lines = [`[Sheet ${attributes['table:name'] ?? count}]`];
      } else if (name === 'table-row') {
        [row, rowLength, blanks] = [[], 0, 0];
        rowRepeats = repeatsOf(attributes['table:number-rows-repeated']);
      } else if (name === 'table-cell' || name === 'covered-table-cell') {
        const repeats = repeatsOf(attributes['table:number-columns-repeated']);
        cell = { value: exactValueOf(attributes), repeats, texts: [] };
      }
    },
    paragraph: (text) => cell?.texts.push(text),
    close(name) {
      if (name === 'table' && lines.length > 1) sheets.push(lines.join('\n'));
      else if (name === 'table-row' && row.length > 0) addLines(csvLine(row), rowRepeats);
      else if ((name === 'table-cell' || name === 'covered-table-cell') && cell) {
        const text = cell.value ?? cell.texts.join('\n');
        if (text === '') blanks += cell.repeats;
        else addCells(text, cell.repeats);
        cell = null;
      }
    },
  });
  if (count === 0) throw damagedFile();
  const { text, omittedLength } = limitText(sheets.join('\n\n'));
  return { text, omittedLength: omittedLength + omitted, pages: count };
};

const repeatsOf = (value: string | undefined): number => Math.max(1, Number.parseInt(value ?? '', 10) || 1);

/** Returns the exact value of a cell: its text may be rounded, or written as the language of the document does. */
const exactValueOf = (attributes: XmlAttributes): string | undefined =>
  attributes['office:value'] ?? attributes['office:date-value'] ?? attributes['office:boolean-value'];

/**
 * Reads the text of a presentation, slide by slide, each below a line with its number: texts, tables as lines with `|`, then
 * the notes of the speaker. Throws `Unreadable`.
 */
export const readOdp = async (bytes: Buffer): Promise<DocumentText> => {
  const slides: string[] = [];
  let [lines, notes]: [string[], string[]] = [[], []];
  let isInNotes = false;
  let row: string[] | null = null;
  let cell: string[] = [];

  walkShown(await contentOf(bytes), {
    open(name) {
      if (name === 'page') [lines, notes] = [[], []];
      else if (name === 'notes') isInNotes = true;
      else if (name === 'table-row') row = [];
      else if (name === 'table-cell') cell = [];
    },
    paragraph: (text) => {
      if (text !== '') (row ? cell : isInNotes ? notes : lines).push(text);
    },
    close(name) {
      if (name === 'notes') isInNotes = false;
      else if (name === 'table-cell') row?.push(cell.join(' '));
      else if (name === 'table-row') {
        if (row?.some((text) => text !== '')) lines.push(row.join(' | ').trim());
        row = null;
      } else if (name === 'page') {
        const parts = [lines.join('\n'), notes.length === 0 ? '' : `Notes: ${notes.join('\n')}`];
        const shown = parts.filter((part) => part !== '').join('\n\n');
        slides.push(shown === '' ? '' : `[Slide ${slides.length + 1}]\n${shown}`);
      }
    },
  });
  const pages = slides.length;
  if (pages === 0) throw damagedFile();
  const read = async (number: number) => slides[number - 1] ?? '';
  return { ...(await readParts({ count: pages, limit: documentLimits.pages, noun: 'slides', read })), pages };
};

/** Resolves to the XML of the content. Throws `Unreadable`. */
const contentOf = async (bytes: Buffer): Promise<string> => {
  const zip = await checkZip(bytes);
  const manifest = (await zip.text('META-INF/manifest.xml')) ?? '';
  if (elementsOf(manifest, 'encryption-data').length > 0) {
    throw new Unreadable('is encrypted. Remove its password, then attach it again.');
  }
  const xml = await zip.text('content.xml');
  if (xml === null) throw damagedFile();
  return xml;
};

interface ShownHandler {
  readonly open: NonNullable<XmlHandler['open']>;
  /** Takes a paragraph, or a heading of a level from 1 to 6; the level of a paragraph is 0. */
  readonly paragraph: (text: string, level: number) => void;
  readonly close: NonNullable<XmlHandler['close']>;
}

/** Elements that are not shown as part of the text: deleted text, comments, marks of footnotes, and what only describes. */
const hiddenElements = new Set([
  'tracked-changes',
  'annotation',
  'note-citation',
  'forms',
  'desc',
  'settings',
]);

/** Fields that repeat on all slides. */
const repeatedClasses = new Set(['page-number', 'date-time', 'footer', 'header']);

/** `svg:title` is that of a picture; `text:title` is a field, which shows that of the document. */
const isHidden = (name: string, attributes: XmlAttributes, prefixed: string): boolean =>
  hiddenElements.has(name) ||
  prefixed === 'svg:title' ||
  repeatedClasses.has(attributes['presentation:class'] ?? '');

/** The maximum number of spaces that one element stands for. */
const maxSpaces = 100;

/**
 * Walks through what a document shows. A paragraph within another, as in a footnote or a text box, becomes a part of the outer
 * one; that of a footnote in parentheses. Throws `Unreadable` if there is no body.
 */
const walkShown = (xml: string, { open, paragraph, close }: ShownHandler): void => {
  /** The texts of the paragraphs that are open, and their levels. */
  const paragraphs: { text: string; readonly level: number }[] = [];
  let hidden = 0;
  let notes = 0;
  let hasBody = false;
  const add = (text: string) => {
    const current = paragraphs.at(-1);
    if (current) current.text += text;
  };
  walkXml(xml, {
    open(name, attributes, prefixed) {
      if (hidden > 0 || isHidden(name, attributes, prefixed)) hidden += 1;
      else if (name === 'p') paragraphs.push({ text: '', level: 0 });
      else if (name === 'h') paragraphs.push({ text: '', level: levelOf(attributes['text:outline-level']) });
      else if (name === 's') add(' '.repeat(Math.min(repeatsOf(attributes['text:c']), maxSpaces)));
      else if (name === 'tab') add('\t');
      else if (name === 'line-break') add('\n');
      else if (name === 'note-body') notes += 1;
      else if (name === 'body') hasBody = true;
      else open(name, attributes, prefixed);
    },
    text(part) {
      if (hidden === 0) add(part.replace(/\s+/g, ' '));
    },
    close(name) {
      if (hidden > 0) hidden -= 1;
      else if (name === 'p' || name === 'h') {
        const { text, level } = paragraphs.pop() ?? { text: '', level: 0 };
        const shown = text.trim();
        if (paragraphs.length === 0) paragraph(shown, level);
        else if (shown !== '') add(notes > 0 ? ` (${shown})` : ` ${shown} `);
      } else if (name === 'note-body') notes -= 1;
      else close(name);
    },
  });
  if (!hasBody) throw damagedFile();
};

const levelOf = (value: string | undefined): number => Math.min(repeatsOf(value), 6);
