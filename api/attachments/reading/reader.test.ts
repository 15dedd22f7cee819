import { deflateSync } from 'node:zlib';
import type { DocumentFormat } from './document.ts';
import {
  docxOf,
  epubOf,
  openDocumentOf,
  pdfOf,
  pdfOfObjects,
  pptxOf,
  rowOf,
  streamOf,
  xlsxOf,
  zipOf,
} from './documents.testing.ts';
import { createDocumentReader } from './reader.ts';
import { sniff } from './sniff.ts';

const never = new AbortController().signal;
const reader = createDocumentReader();

/** Detects the format of a file and reads it, as an upload does. */
const read = async (bytes: Buffer, name = 'file', using = reader) => {
  const { format } = await sniff(bytes, name);
  return using.read('owner', format as DocumentFormat, bytes, never);
};

describe('reading documents', () => {
  it('reads text, code and CSV unchanged, in UTF-8 and UTF-16', async () => {
    expect(await read(Buffer.from('const a = "ü🎉";\n\tb()'), 'a.ts')).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: 'const a = "ü🎉";\n\tb()',
      pages: null,
      omittedLength: 0,
    });
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('hällo', 'utf16le')]);
    expect((await read(utf16)).text).toBe('hällo');
  });

  it('reads the pages of a PDF', async () => {
    expect(await read(pdfOf(['Hello world', '', 'The end']))).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: '[Page 1]\nHello world\n\n[Page 3]\nThe end',
      pages: 3,
      omittedLength: 0,
    });
  });

  it('reads a Word document', async () => {
    const { text } = await read(docxOf(['A heading', 'Some text', 'ü &amp; more']));
    expect(text).toBe('A heading\n\nSome text\n\nü & more');
  });

  it('reads a workbook as CSV', async () => {
    const rows = rowOf(1, ['name', 'price']) + rowOf(3, ['"tea", green', '3']);
    expect(await read(xlsxOf(rows))).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: '[Sheet Prices]\nname,price\n"""tea"", green",3',
      pages: 1,
      omittedLength: 0,
    });
  });

  it('reads a presentation slide by slide, with tables and notes, without slide numbers', async () => {
    const slides = [
      { title: 'Harbour plan', texts: ['Two &amp; three'], notes: 'Say hello.' },
      {
        title: 'Costs',
        rows: [
          ['Year', 'Cost'],
          ['1871', ''],
        ],
      },
    ];
    expect(await read(pptxOf(slides))).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: '[Slide 1]\nHarbour plan\nTwo & three\n\nNotes: Say hello.\n\n[Slide 2]\nCosts\nYear | Cost\n1871 |',
      pages: 2,
      omittedLength: 0,
    });
  });

  it('reads an OpenDocument text, with footnotes, without comments and deleted text', async () => {
    const body = [
      '<text:tracked-changes><text:changed-region><text:deletion><text:p>Gone.</text:p></text:deletion></text:changed-region></text:tracked-changes>',
      '<text:h text:outline-level="1">Harbour plan</text:h>',
      '<text:p>Two &amp;\n three<text:s text:c="2"/>&lt;b&gt;<text:note><text:note-citation>1</text:note-citation>',
      '<text:note-body><text:p>By Ada.</text:p></text:note-body></text:note>, and',
      '<office:annotation><text:p>Check this.</text:p></office:annotation><text:line-break/>more<draw:frame><svg:title>A logo</svg:title><svg:desc>Green</svg:desc></draw:frame>.</text:p>',
      '<text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>',
      '<table:table><table:table-row><table:table-cell><text:p>Year</text:p></table:table-cell>',
      '<table:table-cell><text:p>Cost</text:p></table:table-cell></table:table-row>',
      '<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>1871</text:p></table:table-cell>',
      '<table:covered-table-cell/></table:table-row></table:table>',
    ].join('');
    expect(await read(openDocumentOf('text', body))).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: 'Harbour plan\n\nTwo & three <b> (By Ada.), and\nmore.\n\n * One\n\nYear   Cost\n1871',
      pages: null,
      omittedLength: 0,
    });
  });

  it('reads an OpenDocument spreadsheet as CSV, with exact values, and repeats what the file repeats', async () => {
    const cell = (content: string, attributes = '') =>
      `<table:table-cell ${attributes}>${content}</table:table-cell>`;
    const body = [
      '<table:table table:name="Prices &amp; more"><table:table-row>',
      cell('<text:p>a, "b"</text:p>'),
      cell('', 'table:number-columns-repeated="2"'),
      cell('<text:p>1.234,50 €</text:p>', 'office:value-type="currency" office:value="1234.5"'),
      cell('<text:p>2. März</text:p>', 'office:value-type="date" office:date-value="2026-03-02"'),
      cell('', 'table:number-columns-repeated="16379"'),
      '</table:table-row><table:table-row table:number-rows-repeated="3">',
      cell('<text:p>x</text:p>', 'table:number-columns-repeated="2"'),
      '</table:table-row><table:table-row table:number-rows-repeated="1048571">',
      cell('', 'table:number-columns-repeated="16384"'),
      '</table:table-row></table:table><table:table table:name="Empty"/>',
      '<table:table table:name="Last"><table:table-row>',
      cell('<text:p>One</text:p><text:p>Two</text:p>'),
      '</table:table-row></table:table>',
    ].join('');
    expect(await read(openDocumentOf('spreadsheet', body))).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: '[Sheet Prices & more]\n"a, ""b""",,,1234.5,2026-03-02\nx,x\nx,x\nx,x\n\n[Sheet Last]\n"One\nTwo"',
      pages: 3,
      omittedLength: 0,
    });
  });

  it('reads an OpenDocument presentation slide by slide, with tables and notes', async () => {
    const frame = (content: string, kind = 'subtitle') =>
      `<draw:frame presentation:class="${kind}"><draw:text-box>${content}</draw:text-box></draw:frame>`;
    const body = [
      '<draw:page draw:name="page1">',
      frame('<text:p>Harbour plan</text:p>', 'title'),
      frame('<text:p><text:page-number>1</text:page-number></text:p>', 'page-number'),
      frame('<text:p>Two &amp; three</text:p>'),
      `<presentation:notes><draw:page-thumbnail/>${frame('<text:p>Say hello.</text:p>', 'notes')}</presentation:notes>`,
      '</draw:page><draw:page/><draw:page><draw:frame><table:table><table:table-row>',
      '<table:table-cell><text:p>Year</text:p></table:table-cell><table:table-cell><text:p>Cost</text:p></table:table-cell>',
      '</table:table-row></table:table></draw:frame></draw:page>',
    ].join('');
    expect(await read(openDocumentOf('presentation', body))).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: '[Slide 1]\nHarbour plan\nTwo & three\n\nNotes: Say hello.\n\n[Slide 3]\nYear | Cost',
      pages: 3,
      omittedLength: 0,
    });
  });

  it('reads a book in its reading order, and ignores that its fonts are encrypted', async () => {
    const encryption =
      '<encryption><EncryptedData><CipherData><CipherReference URI="OEBPS/font.otf"/></CipherData></EncryptedData></encryption>';
    const book = epubOf(['<h1>One</h1><p>Call me Ada.</p>', '<p>The &#8220;end&#8221;.</p>'], {
      'META-INF/encryption.xml': encryption,
    });
    expect(await read(book)).toEqual({
      tokens: expect.any(Number),
      passages: [],
      text: 'One\n\nCall me Ada.\n\nThe “end”.',
      pages: null,
      omittedLength: 0,
    });
  });

  it('reads an e-mail: its fields, its text, and the names of its files', async () => {
    const mail = [
      'Received: from a by b',
      'From: =?UTF-8?Q?Ada_Gr=C3=A5?= <ada@example.com>',
      'To: team@example.com, "Max, P." <max@example.com>',
      'Date: Mon, 2 Mar 2026 10:00:00 +0100',
      'Subject: Harbour',
      ' plan',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Gr\xfc\xdfe',
      '--x',
      'Content-Type: application/pdf; name=plan.pdf',
      'Content-Disposition: attachment; filename=plan.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0=',
      '--x--',
    ].join('\r\n');
    expect((await read(Buffer.from(mail, 'latin1'), 'plan.eml')).text).toBe(
      [
        'From: Ada Grå <ada@example.com>',
        'To: team@example.com, Max, P. <max@example.com>',
        'Date: 2026-03-02T09:00:00.000Z',
        'Subject: Harbour plan',
        '',
        'Grüße',
        '',
        '[Attached files, not read: plan.pdf]',
      ].join('\n'),
    );
  });

  it('reads an e-mail that has only HTML, without what it would load', async () => {
    const mail =
      'From: a@example.com\nContent-Type: text/html\n\n<p>Hi <b>all</b><img src="https://evil.example/x.png"></p><script>x()</script>';
    expect((await read(Buffer.from(mail), 'a.eml')).text).toBe('From: a@example.com\n\nHi all');
    // Not an e-mail, whatever its name.
    expect((await sniff(Buffer.from('no header'), 'a.eml')).format).toBe('TEXT');
  });

  it('reads what a page shows, without scripts, images and addresses', async () => {
    const page =
      '<!doctype html><title>T</title><script>steal()</script><h1>News</h1><p>See <a href="https://evil.example">this</a><img src="https://evil.example/x.png" alt="x"></p>';
    expect((await read(Buffer.from(page))).text).toBe('T\n\nNews\n\nSee this');
  });

  it('reads a text whose beginning ends within a character', async () => {
    const text = `${'a'.repeat(65_535)}é`;
    expect((await read(Buffer.from(text))).text).toBe(text);
  });

  it('says how many pages of a long PDF are left out', async () => {
    // So small that it is within the page: other text isn't read.
    const long = pdfOf(Array(4).fill('a'.repeat(1_100_000)), '', 0.0005);
    const { text, omittedLength, pages } = await read(long);
    expect(pages).toBe(4);
    expect(omittedLength).toBeGreaterThan(200_000);
    expect(text).toMatch(/aaa\n\n\[2 further pages are left out\.\]$/);
  });

  it('says how much of a long text is left out', async () => {
    const { text, omittedLength } = await read(Buffer.from('ab'.repeat(1_000_001)));
    expect([text.length, omittedLength]).toEqual([2_000_000, 2]);
  });
});

describe('files that cannot be read', () => {
  const encryption =
    '/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O(12345678901234567890123456789012)/U(12345678901234567890123456789012)>>/ID[(0123456789012345)(0123456789012345)]';
  const limited = createDocumentReader({ memoryBytes: 128 * 1024 * 1024, timeoutMs: 20_000 });
  const bombStream = deflateSync(Buffer.alloc(400_000_000));

  it.each<[string, Buffer, RegExp]>([
    ['an encrypted PDF', pdfOf(['x'], encryption), /is encrypted/],
    ['a damaged PDF', Buffer.from('%PDF-1.7\nnothing else'), /is damaged/],
    ['an encrypted archive', zipOf({ 'word/document.xml': 'x' }, { encrypted: true }), /is encrypted/],
    ['a Word document that is none', zipOf({ 'word/document.xml': '<a' }), /is damaged/],
    ['a workbook that is none', zipOf({ 'xl/workbook.xml': '<a' }), /is damaged/],
    ['a truncated document', docxOf(['a']).subarray(0, 300), /is damaged/],
    ['another archive', zipOf({ 'a.txt': 'x' }), /is a ZIP archive/],
    [
      'an OpenDocument drawing',
      zipOf({ mimetype: 'application/vnd.oasis.opendocument.graphics', 'content.xml': 'x' }),
      /is an OpenDocument file that is no text, spreadsheet or presentation/,
    ],
    [
      'an encrypted OpenDocument text',
      openDocumentOf('text', '', {
        'META-INF/manifest.xml':
          '<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>',
      }),
      /is encrypted/,
    ],
    [
      'an OpenDocument text without content',
      zipOf({ mimetype: 'application/vnd.oasis.opendocument.text' }),
      /is damaged/,
    ],
    ['a spreadsheet without sheets', openDocumentOf('spreadsheet', ''), /is damaged/],
    ['an OpenDocument presentation without slides', openDocumentOf('presentation', ''), /is damaged/],
    [
      'a spreadsheet that repeats a cell too often',
      openDocumentOf(
        'spreadsheet',
        '<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>',
      ),
      /has more than 1000000 cells/,
    ],
    [
      'a spreadsheet that repeats a long text too often',
      openDocumentOf(
        'spreadsheet',
        `<table:table><table:table-row><table:table-cell table:number-columns-repeated="1000"><text:p>${'x'.repeat(10_000)}</text:p></table:table-cell></table:table-row></table:table>`,
      ),
      /has a row with more than 2000000 characters/,
    ],
    ['a presentation that is none', zipOf({ 'ppt/presentation.xml': '<a' }), /is damaged/],
    ['a book that is none', zipOf({ 'META-INF/container.xml': '<a' }), /is damaged/],
    [
      'a protected book',
      epubOf(['x'], {
        'META-INF/encryption.xml':
          '<encryption><CipherReference URI="OEBPS/text/chapter%201.xhtml"/></encryption>',
      }),
      /is protected against copying/,
    ],
    ['a program', Buffer.from('\x7fELF\x02\x01', 'latin1'), /is a program/],
    [
      'binary data after text',
      Buffer.concat([Buffer.alloc(100_000, 'text '), Buffer.from([0, 1, 255])]),
      /has a format that can't be read/,
    ],
    ['other binary data', Buffer.from([1, 2, 3, 0, 255]), /has a format that can't be read/],
  ])('%s', async (_name, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  it('an archive that declares more than the limit', async () => {
    const bomb = zipOf({ 'word/document.xml': Buffer.alloc(101_000_000) });
    expect(bomb.length).toBeLessThan(200_000);
    await expect(read(bomb)).rejects.toThrow(/has more than 100 MB of content/);
  });

  it('an archive that declares less than it has', async () => {
    const bomb = zipOf({ 'word/document.xml': Buffer.alloc(101_000_000) }, { declared: 1000 });
    await expect(read(bomb)).rejects.toThrow(/is damaged/);
  });

  it('an e-mail whose parts nest without end', async () => {
    const parts = Array.from(
      { length: 2_000 },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`,
    );
    await expect(read(Buffer.from(`From: a@example.com\n${parts.join('')}`), 'a.eml')).rejects.toThrow(
      /is damaged|took longer|too much memory/,
    );
  });

  it('a PDF whose stream inflates without end', async () => {
    const bomb = pdfOfObjects([
      '<</Type/Catalog/Pages 2 0 R>>',
      '<</Type/Pages/Count 1/Kids[3 0 R]>>',
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>',
      streamOf(bombStream, '/Filter/FlateDecode'),
    ]);
    await expect(read(bomb, 'a.pdf', limited)).rejects.toThrow(/takes too much memory|took longer/);
  });

  it('a workbook with one cell at the far end', async () => {
    const rows = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';
    await expect(read(xlsxOf(rows), 'a.xlsx', limited)).rejects.toThrow(
      /takes too much memory|took longer|more than 1000000 cells/,
    );
  });

  it('a document that takes too long, and the thread ends', async () => {
    const slow = createDocumentReader({ timeoutMs: 1, threads: 1 });
    await expect(read(pdfOf(['x']), 'a.pdf', slow)).rejects.toThrow(/took longer than 0.001 s/);
    await expect(read(pdfOf(['x']), 'a.pdf', slow)).rejects.toThrow(/took longer/);
  });

  it('leaves without a result when the upload is aborted', async () => {
    const controller = new AbortController();
    const reading = reader.read('owner', 'PDF', pdfOf(['x']), controller.signal);
    controller.abort(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });
});
