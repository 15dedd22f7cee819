import type { HtmlNode } from '../messages/markdown/htmlNode.ts';

/** A citation, such as `[1]` or `[1, 3]`. */
const citation = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g;

/** Turns the numbers of sources in brackets into buttons: those from 1 to `count`. Code and links stay as they are. */
export const markCitations = (tree: HtmlNode, count: number): void => {
  if (count > 0) cite(tree, count);
};

const cite = (node: HtmlNode, count: number): void => {
  node.children = node.children?.flatMap((child) => {
    if (child.type === 'text') return withCitations(child, count);
    if (!/^(?:a|code|pre)$/.test(child.tagName ?? '')) cite(child, count);
    return [child];
  });
};

const withCitations = (text: HtmlNode, count: number): HtmlNode[] => {
  const value = text.value ?? '';
  const nodes: HtmlNode[] = [];
  let end = 0;
  for (const { 0: mark, 1: list = '', index } of value.matchAll(citation)) {
    const numbers = list.split(',').map(Number);
    if (!numbers.every((number) => number >= 1 && number <= count)) continue;
    if (index > end) nodes.push({ type: 'text', value: value.slice(end, index) });
    for (const number of numbers) {
      const children = [{ type: 'text', value: `[${number}]` }];
      nodes.push({ type: 'element', tagName: 'button', properties: { value: String(number) }, children });
    }
    end = index + mark.length;
  }
  if (end === 0) return [text];
  return end < value.length ? [...nodes, { type: 'text', value: value.slice(end) }] : nodes;
};

/** Returns the numbers of the sources that a text cites outside of code, ascending. */
export const citedNumbers = (text: string, count: number): readonly number[] => {
  const prose = text
    .replace(/^ {0,3}(`{3,}|~{3,})[\s\S]*?(?:^ {0,3}\1|$(?![\s\S]))/gm, '')
    .replace(/`[^`]*`/g, '');
  const numbers = [...prose.matchAll(citation)].flatMap(([, list = '']) => list.split(',').map(Number));
  return [...new Set(numbers)].filter((number) => number >= 1 && number <= count).sort((a, b) => a - b);
};
