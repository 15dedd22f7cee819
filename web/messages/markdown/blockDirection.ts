import type { HtmlNode } from './htmlNode.ts';

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
const letter = /\p{L}/u;

/** Gives each block its own text direction, so that an answer can mix languages. Code is always left to right. */
export const setDirections = (tree: HtmlNode): void => {
  for (const child of tree.children ?? []) {
    if (child.type !== 'element' || isCode(child)) continue;
    child.properties = { ...child.properties, dir: directionOfMost(proseOf(child)) };
  }
};

/** Returns the direction of most letters of a text; of as many in both directions, that of the first letter. */
const directionOfMost = (text: string): 'ltr' | 'rtl' => {
  let balance = 0;
  let first: 'ltr' | 'rtl' = 'ltr';
  let hasLetter = false;
  for (const character of text) {
    const isRightToLeft = rightToLeft.test(character);
    if (!isRightToLeft && !letter.test(character)) continue;
    if (!hasLetter) first = isRightToLeft ? 'rtl' : 'ltr';
    hasLetter = true;
    balance += isRightToLeft ? 1 : -1;
  }
  if (balance === 0) return first;
  return balance > 0 ? 'rtl' : 'ltr';
};

const isCode = ({ tagName }: HtmlNode): boolean => tagName === 'pre' || tagName === 'code';

const proseOf = (node: HtmlNode): string => {
  if (node.type === 'text') return node.value ?? '';
  return isCode(node) ? '' : (node.children ?? []).map(proseOf).join(' ');
};
