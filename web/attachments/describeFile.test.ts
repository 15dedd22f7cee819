import { describeFile } from './describeFile.ts';

describe('the description of a file', () => {
  it.each([
    [{ format: 'PDF', size: 9, pages: 3, tokens: 1200 }, '3 pages, about 1,200 tokens'],
    [{ format: 'XLSX', size: 9, pages: 1, tokens: 1 }, '1 sheet, about 1 token'],
    [{ format: 'PPTX', size: 9, pages: 2, tokens: 30 }, '2 slides, about 30 tokens'],
    [{ format: 'TEXT', size: 9, pages: null, tokens: 0 }, 'about 0 tokens'],
    [{ format: 'IMAGE', size: 52_400, pages: null, tokens: 0 }, '52 KB'],
    [
      { format: 'IMAGE', size: 52_400, pages: null, tokens: 12 },
      '52 KB, text read from the image by OCR: about 12 tokens',
    ],
  ])('%j: %s', (file, expected) => {
    expect(describeFile(file)).toBe(expected);
  });
});
