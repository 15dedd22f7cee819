import { convert } from 'html-to-text';
import { type DocumentText, documentLimits, limitText } from './document.ts';

/** Returns the text that a page shows. Scripts, styles, images and the addresses of links are left out. */
export const readHtml = (html: string): DocumentText => {
  const text = convert(html, {
    wordwrap: false,
    preserveNewlines: false,
    limits: {
      maxInputLength: documentLimits.textLength * 4,
      maxDepth: 200,
      ellipsis: '…',
    },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      {
        selector: 'table',
        format: 'dataTable',
        options: { uppercaseHeaderCells: false, maxColumnWidth: 200 },
      },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    ],
  });
  const omitted = Math.max(0, html.length - documentLimits.textLength * 4);
  const limited = limitText(text.trim().replace(/\n{3,}/g, '\n\n'));
  return { ...limited, omittedLength: limited.omittedLength + omitted, pages: null };
};
