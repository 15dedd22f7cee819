import { crc32, deflateRawSync } from 'node:zlib';

/**
 * Writes a ZIP archive; its `mimetype` isn't compressed, as OpenDocument and EPUB demand. `declared` overrides the declared
 * sizes, as a decompression bomb does.
 */
export const zipOf = (
  files: Readonly<Record<string, string | Buffer>>,
  { declared, encrypted = false }: { readonly declared?: number; readonly encrypted?: boolean } = {},
): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const isStored = name === 'mimetype';
    const deflated = isStored ? data : deflateRawSync(data);
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(encrypted ? 1 : 0, 2);
    header.writeUInt16LE(isStored ? 0 : 8, 4);
    header.writeUInt32LE(crc32(data), 10);
    header.writeUInt32LE(deflated.length, 14);
    header.writeUInt32LE(declared ?? data.length, 18);
    header.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), header, Buffer.from(name), deflated]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), header, rest, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end]);
};

const relationships = 'http://schemas.openxmlformats.org/package/2006/relationships';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const types = (overrides: string) =>
  `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides}</Types>`;

/** Writes a Word document with these paragraphs; the first is a heading. */
export const docxOf = (paragraphs: readonly string[]): Buffer =>
  zipOf({
    '[Content_Types].xml': types(
      '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>',
    ),
    '_rels/.rels': `<Relationships xmlns="${relationships}"><Relationship Id="r1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraphs
      .map(
        (text, index) =>
          `<w:p>${index === 0 ? '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' : ''}<w:r><w:t>${text}</w:t></w:r></w:p>`,
      )
      .join('')}</w:body></w:document>`,
  });

/** Writes a workbook of one sheet with these rows, given as XML. */
export const xlsxOf = (rows: string, sheet = 'Prices'): Buffer =>
  zipOf({
    '[Content_Types].xml': types(
      '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>',
    ),
    '_rels/.rels': `<Relationships xmlns="${relationships}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${relationships}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets><sheet name="${sheet}" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
  });

/** A row of a sheet with texts. */
export const rowOf = (number: number, texts: readonly string[]): string =>
  `<row r="${number}">${texts
    .map(
      (text, index) =>
        `<c r="${String.fromCharCode(65 + index)}${number}" t="inlineStr"><is><t>${text}</t></is></c>`,
    )
    .join('')}</row>`;

/** A slide of `pptxOf`: its title and texts, rows of a table, and notes. */
export interface Slide {
  readonly title: string;
  readonly texts?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
  readonly notes?: string;
}

const drawing =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"';
const paragraphOf = (text: string) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`;
const shapeOf = (text: string, placeholder: string) =>
  `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${placeholder}"/></p:nvPr></p:nvSpPr><p:txBody>${paragraphOf(text)}</p:txBody></p:sp>`;
/** What programs write that use an extension of the format: others show the fallback. */
const alternative = (shape: string) =>
  `<mc:AlternateContent><mc:Choice>${shape}</mc:Choice><mc:Fallback>${shape}</mc:Fallback></mc:AlternateContent>`;
const relationshipsOf = (targets: Readonly<Record<string, readonly [type: string, target: string]>>) =>
  `<Relationships xmlns="${relationships}">${Object.entries(targets)
    .map(([id, [type, target]]) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

/** Writes a presentation, whose slides are in files in the opposite order. */
export const pptxOf = (slides: readonly Slide[]): Buffer => {
  const fileOf = (index: number) => `slide${slides.length - index}.xml`;
  const files: Record<string, string> = {
    '[Content_Types].xml': types(''),
    'ppt/presentation.xml': `<p:presentation ${drawing} xmlns:r="${office}"><p:sldIdLst>${slides
      .map((_, index) => `<p:sldId id="${256 + index}" r:id="r${index}"/>`)
      .join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relationshipsOf(
      Object.fromEntries(slides.map((_, index) => [`r${index}`, ['slide', `slides/${fileOf(index)}`]])),
    ),
  };
  for (const [index, { title, texts = [], rows = [], notes }] of slides.entries()) {
    const table = `<p:graphicFrame><a:tbl>${rows
      .map((row) => `<a:tr>${row.map((text) => `<a:tc>${paragraphOf(text)}</a:tc>`).join('')}</a:tr>`)
      .join('')}</a:tbl></p:graphicFrame>`;
    files[`ppt/slides/${fileOf(index)}`] = `<p:sld ${drawing}><p:spTree>${shapeOf(title, 'title')}${texts
      .map((text) => alternative(shapeOf(text, 'body')))
      .join('')}${table}${shapeOf(String(index + 1), 'sldNum')}</p:spTree></p:sld>`;
    if (notes === undefined) continue;
    files[`ppt/slides/_rels/${fileOf(index)}.rels`] = relationshipsOf({
      r1: ['notesSlide', `../notesSlides/notes${index}.xml`],
    });
    files[`ppt/notesSlides/notes${index}.xml`] = `<p:notes ${drawing}>${shapeOf(notes, 'body')}</p:notes>`;
  }
  return zipOf(files);
};

const openDocument = 'urn:oasis:names:tc:opendocument:xmlns';

/** Writes an OpenDocument file with this content of its body, given as XML. */
export const openDocumentOf = (
  type: 'text' | 'spreadsheet' | 'presentation',
  body: string,
  more: Readonly<Record<string, string>> = {},
): Buffer => {
  const namespaces = ['office', 'text', 'table', 'presentation', 'drawing'].map(
    (name) => `xmlns:${name === 'drawing' ? 'draw' : name}="${openDocument}:${name}:1.0"`,
  );
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${type}`,
    'content.xml': `<office:document-content ${namespaces.join(' ')}><office:body><office:${type}>${body}</office:${type}></office:body></office:document-content>`,
    ...more,
  });
};

/** Writes a book with these chapters, given as the bodies of pages, in files in the opposite order. */
export const epubOf = (chapters: readonly string[], more: Readonly<Record<string, string>> = {}): Buffer => {
  const fileOf = (index: number) => `chapter ${chapters.length - index}.xhtml`;
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
    'OEBPS/content.opf': `<package xmlns="http://www.idpf.org/2007/opf"><manifest>${chapters
      .map((_, index) => `<item id="c${index}" href="text/${encodeURIComponent(fileOf(index))}"/>`)
      .join('')}</manifest><spine>${chapters
      .map((_, index) => `<itemref idref="c${index}"/>`)
      .join('')}</spine></package>`,
    ...Object.fromEntries(
      chapters.map((body, index) => [
        `OEBPS/text/${fileOf(index)}`,
        `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>${body}</body></html>`,
      ]),
    ),
    ...more,
  });
};

/** Writes a PDF with one line of text on each page. `trailer` is added to its trailer, as encryption is. */
export const pdfOf = (pages: readonly string[], trailer = '', fontSize = 12): Buffer => {
  const objects: (string | Buffer)[] = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  for (const [index, text] of pages.entries()) {
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents ${5 + index * 2} 0 R>>`,
      streamOf(Buffer.from(`BT /F ${fontSize} Tf 50 700 Td (${text}) Tj ET`)),
    );
  }
  return pdfOfObjects(objects, trailer);
};

/** Writes a stream object. */
export const streamOf = (data: Buffer, dictionary = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`<<${dictionary}/Length ${data.length}>>stream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);

/** Writes a PDF of these objects, of which the first is the catalog. */
export const pdfOfObjects = (objects: readonly (string | Buffer)[], trailer = ''): Buffer => {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(object),
      Buffer.from('\nendobj\n'),
    ]);
    offsets.push(length);
    length += part.length;
    parts.push(part);
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer<</Size ${size}/Root 1 0 R${trailer}>>\nstartxref\n${length}\n%%EOF`,
    ),
  );
  return Buffer.concat(parts);
};
