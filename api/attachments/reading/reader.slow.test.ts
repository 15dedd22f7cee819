import type { DocumentFormat } from './document.ts';
import { docxOf, epubOf, openDocumentOf, pdfOf, pptxOf, rowOf, xlsxOf } from './documents.testing.ts';
import { createDocumentReader } from './reader.ts';
import { sniff } from './sniff.ts';

const reader = createDocumentReader();

describe('reading damaged documents', () => {
  it('any random change of a document ends in a text or in a clear error', async () => {
    const originals = [
      pdfOf(['Hello']),
      docxOf(['Hello']),
      xlsxOf(rowOf(1, ['Hello'])),
      pptxOf([{ title: 'Hello' }]),
      epubOf(['Hello']),
      openDocumentOf('text', '<text:p>Hello</text:p>'),
      openDocumentOf('spreadsheet', '<table:table><table:table-row/></table:table>'),
      openDocumentOf('presentation', '<draw:page><text:p>Hello</text:p></draw:page>'),
    ];
    const read = async (bytes: Buffer) => {
      const { format } = await sniff(bytes, 'file');
      return reader.read('owner', format as DocumentFormat, bytes, new AbortController().signal);
    };
    let state = 42;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    for (const original of originals) {
      for (let round = 0; round < 6; round += 1) {
        const bytes = Buffer.from(original);
        for (let changes = 0; changes < 8; changes += 1) bytes[random(bytes.length)] = random(256);
        const result = await read(bytes).catch((error: unknown) => error);
        if (result instanceof Error) expect(result.name).toBe('Unreadable');
        else expect(result).toHaveProperty('text');
      }
    }
  });
});
