import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { pdfOf, pdfOfObjects, streamOf } from '../documents.testing.ts';
import { createDocumentReader, type DocumentReaderOptions } from '../reader.ts';
import { findOcrLanguages } from './languages.ts';
import { imageObject, noiseOf, pictureOf, scanOf } from './scans.testing.ts';

const never = new AbortController().signal;
const readerWith = (options: DocumentReaderOptions = {}) =>
  createDocumentReader({ ocrLanguages: findOcrLanguages(['eng']), ...options });

describe('reading the text in an image', () => {
  const reader = readerWith();

  it('returns it with its tokens and passages', async () => {
    const picture = await pictureOf('The lighthouse of Farhaven is red');
    expect(await reader.recognize('owner', picture, never, 'scan.png')).toMatchObject({
      text: 'The lighthouse of Farhaven is red',
      pages: null,
      omittedLength: 0,
      tokens: expect.any(Number),
      passages: [{ number: 0, start: 0, end: 33, page: null }],
    });
  });

  it('reads a small one, one that is turned and one with transparency', async () => {
    const picture = await pictureOf('Invoice 4711');
    const small = await sharp(picture).resize({ width: 500 }).jpeg().toBuffer();
    const turned = await sharp(picture).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer();
    const clear = await sharp(picture).unflatten().webp().toBuffer();
    for (const bytes of [small, turned, clear]) {
      expect((await reader.recognize('owner', bytes, never))?.text).toBe('Invoice 4711');
    }
  });

  it('returns null for one without text, and if OCR is off', async () => {
    expect(await reader.recognize('owner', await noiseOf(300, 200), never)).toBeNull();
    const blank = await sharp({ create: { width: 40, height: 40, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    expect(await reader.recognize('owner', blank, never)).toBeNull();
    const off = createDocumentReader();
    expect(await off.recognize('owner', await pictureOf('Hello'), never)).toBeNull();
  });

  it('ends at its time limit, at its memory limit and when it is cancelled', async () => {
    const busy = await noiseOf(2_600, 2_600);
    await expect(readerWith({ ocrTimeoutMs: 1_500 }).recognize('owner', busy, never)).rejects.toThrow(
      'took longer than 1.5 s to read',
    );
    await expect(readerWith({ memoryBytes: 30_000_000 }).recognize('owner', busy, never)).rejects.toThrow(
      'takes too much memory',
    );
    await expect(reader.recognize('owner', busy, AbortSignal.timeout(1_500))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});

describe('reading a scanned PDF', () => {
  const reader = readerWith();
  const read = (bytes: Buffer, name?: string) => reader.read('owner', 'PDF', bytes, never, name);

  it('reads pages without text by OCR, and says which', async () => {
    const scan = await scanOf([
      await pictureOf('The harbour is closed'),
      null,
      await pictureOf('Page three'),
    ]);
    const { text, pages, passages } = await read(scan, 'scan.pdf');
    expect(text).toBe('[Page 1, read by OCR]\nThe harbour is closed\n\n[Page 3, read by OCR]\nPage three');
    expect(pages).toBe(3);
    expect(passages.map(({ page, start, end }) => [page, text.slice(start, end)])).toEqual([
      [1, 'The harbour is closed'],
      [3, 'Page three'],
    ]);
  });

  it('leaves a PDF with text alone, and one without OCR empty', async () => {
    expect((await read(pdfOf(['Hello']))).text).toBe('[Page 1]\nHello');
    const scan = await scanOf([await pictureOf('Hello')]);
    const off = createDocumentReader();
    expect((await off.read('owner', 'PDF', scan, never)).text).toBe('');
  });

  it('says how many pages are left out when the time is used up', async () => {
    const page = await pictureOf('Hello');
    const impatient = readerWith({ ocrTimeoutMs: 20_000, ocrShare: 0 });
    const { text } = await impatient.read('owner', 'PDF', await mixedScan(page), never);
    expect(text).toBe('[Page 1]\nHello\n\n[1 scanned pages are left out: OCR would take too long.]');
  });

  it('ends in a clear error for a huge picture, and reads on after a damaged one', async () => {
    const bomb = deflateSync(Buffer.alloc(30_000 * 30_000));
    const huge = pageWith(imageObject(bomb, 30_000, 30_000, 'FlateDecode'));
    const result = await read(huge).catch((error: unknown) => error);
    if (result instanceof Error) expect(result.name).toBe('Unreadable');
    else expect(result).toMatchObject({ text: '' });
    const damaged = pageWith(imageObject(Buffer.from('no picture'), 100, 100, 'DCTDecode'));
    expect((await read(damaged)).text).toBe('');
  });
});

describe('the languages of OCR', () => {
  it('are found in installed packages; another one prevents the start', () => {
    expect(findOcrLanguages(['deu', 'ara']).map(({ code }) => code)).toEqual(['deu', 'ara']);
    expect(() => findOcrLanguages(['xyz'])).toThrow(
      'the data of the language "xyz" is not installed. Install it with npm install @tesseract.js-data/xyz',
    );
  });
});

const pageWith = (image: Buffer): Buffer =>
  pdfOfObjects([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Count 1/Kids[3 0 R]>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>',
    streamOf(Buffer.from('600 0 0 800 0 0 cm /I Do')),
    image,
  ]);

/** A page with text, then a scanned one. */
const mixedScan = async (picture: Buffer): Promise<Buffer> => {
  const { data, info } = await sharp(picture)
    .toColourspace('b-w')
    .jpeg()
    .toBuffer({ resolveWithObject: true });
  return pdfOfObjects([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Count 2/Kids[3 0 R 5 0 R]>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 8 0 R>>>>/Contents 4 0 R>>',
    streamOf(Buffer.from('BT /F 12 Tf 50 700 Td (Hello) Tj ET')),
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 7 0 R>>>>/Contents 6 0 R>>',
    streamOf(Buffer.from('600 0 0 800 0 0 cm /I Do')),
    imageObject(data, info.width, info.height, 'DCTDecode'),
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]);
};
