const attributes =
  'href title target rel id dir start type checked disabled aria-label role tabindex data-footnotes'.split(
    ' ',
  );

/**
 * Returns what a page shows as HTML, without styles. A block of code and a
 * formula are their source, and white space between blocks is left out.
 */
export const shownHtml = (node: Node): string => {
  if (!(node instanceof Element)) {
    const isBetween = node.parentElement?.matches('.markdown, ul, ol, li, blockquote, section');
    const text = node.nodeValue ?? '';
    return isBetween && text.trim() === '' ? '' : text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  }
  if (node.matches('svg')) return '';
  if (node.matches('.code-block')) {
    const label = node.querySelector('[role="region"]')?.getAttribute('aria-label');
    const lines = [...node.querySelectorAll('pre > code > span')].map(({ textContent }) => textContent);
    return `<pre label="${label}">${lines.map((line) => (line === '\n' ? '' : line)).join('\n')}</pre>`;
  }
  const formula = node.querySelector(':scope > .katex annotation, :scope > .katex-display annotation');
  if (formula) return `<code dir="ltr">${formula.textContent}</code>`;
  const name = node.localName;
  const align = (node as HTMLElement).style.textAlign;
  const given = attributes
    .filter((attribute) => node.hasAttribute(attribute))
    .map((attribute) => ` ${attribute}="${node.getAttribute(attribute)}"`);
  const start = `<${name}${given.join('')}${align && ` align="${align}"`}>`;
  return (
    start +
    [...node.childNodes].map(shownHtml).join('') +
    (/^(?:br|hr|input)$/.test(name) ? '' : `</${name}>`)
  );
};
