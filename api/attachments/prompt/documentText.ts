import type { Attachment } from '../attachment.ts';

/** Returns the document as it is in a prompt. `omitted` is the length that is left out at its end, in UTF-16 units. */
export const documentInPrompt = (
  { name, format, pages, omittedLength }: Pick<Attachment, 'name' | 'format' | 'pages' | 'omittedLength'>,
  text: string,
  omitted: number,
): string => {
  const attributes = [
    `name="${escaped(name)}"`,
    `format="${format}"`,
    ...(pages === null ? [] : [`pages="${pages}"`]),
  ];
  const kept =
    omitted > 0 ? text.slice(0, Math.max(0, text.length - omitted)).replace(/[\uD800-\uDBFF]$/, '') : text;
  const left = omitted + omittedLength;
  const note = left > 0 ? `\n[The rest of this document, ${left} characters, is left out.]` : '';
  // A document that contains the end tag could otherwise continue as if the user had written it.
  return `<document ${attributes.join(' ')}>\n${kept.replace(/<(\/?)document\b/gi, '<$1_document')}${note}\n</document>`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Distributes `total` over texts of these lengths: short ones stay whole, and the long ones get equal shares. */
export const sharesOf = (lengths: readonly number[], total: number): readonly number[] => {
  const shares = lengths.map(() => 0);
  let left = Math.max(0, total);
  const order = [...lengths.keys()].sort((one, other) => (lengths[one] ?? 0) - (lengths[other] ?? 0));
  for (const [taken, index] of order.entries()) {
    const share = Math.min(lengths[index] ?? 0, Math.floor(left / (order.length - taken)));
    shares[index] = share;
    left -= share;
  }
  return shares;
};
