import remend, { isWithinCodeBlock } from 'remend';
import { createSplitter } from './splitMarkdown.ts';

/** The content of a formula that is still being written. It is shown as a placeholder. */
export const unfinished = '…';

/** The maximum length of a formula that is hidden while it is written, in UTF-16 code units. */
const maxHidden = 5_000;

/** What splits the Markdown of an answer. */
export interface Blocks {
  /** Splits Markdown into blocks that are parsed apart. */
  readonly of: (markdown: string) => readonly string[];
  /** Splits growing Markdown, and completes the unfinished marks of the last block. */
  readonly ofGrowing: (markdown: string) => readonly string[];
}

export const createBlocks = (): Blocks => {
  const split = createSplitter();
  const of = (markdown: string) => withBrackets(split(markdown), markdown);
  return {
    of,
    ofGrowing: (markdown) => {
      const blocks = of(markdown);
      const last = blocks.at(-1);
      return last === undefined || isFence(last) ? blocks : [...blocks.slice(0, -1), completed(last)];
    },
  };
};

/** Joins the lines of `\[…\]`, which the splitter takes for paragraphs, lists or headings. */
const withBrackets = (blocks: readonly string[], markdown: string): readonly string[] => {
  if (!markdown.includes('\\[')) return blocks;
  const joined: string[] = [];
  for (let index = 0; index < blocks.length; index += 1) {
    const first = blocks[index] ?? '';
    const end = opensBracket(first) ? endOfFormula(blocks, index) : index;
    joined.push(blocks.slice(index, end + 1).join(''));
    index = end;
  }
  return joined;
};

const isFence = (block: string): boolean => /^ {0,3}(?:`{3}|~{3})/.test(block);

/** Whether a block ends inside of `\[`. */
const opensBracket = (block: string): boolean => {
  const opening = block.search(/(?:^|\n)[ >]*\\\[(?![\s\S]*\\\])/);
  return opening >= 0 && !isFence(block) && !/\n[ \t]*\n/.test(block.slice(opening + 1));
};

const endOfFormula = (blocks: readonly string[], start: number): number => {
  for (let index = start + 1; index < blocks.length; index += 1) {
    const block = blocks[index] ?? '';
    if (block.trim() === '' || isFence(block)) return start;
    if (block.includes('\\]')) return index;
    if (/\n[ \t]*\n/.test(block)) return start;
  }
  return start;
};

const completed = (block: string): string => {
  const shown = withoutOpenFormula(block);
  // A bracket of a formula would be taken for a link.
  const hasFormula = /\\[[(]|\$/.test(shown);
  return remend(shown, { katex: false, links: !hasFormula, images: !hasFormula });
};

/** Replaces a formula that has no end yet, and half of a delimiter at the end. */
const withoutOpenFormula = (block: string): string => {
  if (!/[\\$]/.test(block) || isWithinCodeBlock(block, block.length)) return block;
  let open: { readonly mark: string; readonly at: number } | null = null;
  for (const { 0: mark, index } of block.matchAll(/\\[\s\S]|\$\$|\n[ \t>]*(?=\n)/g)) {
    if (open === null) {
      if ((mark === '\\(' || mark === '\\[' || mark === '$$') && !isWithinCodeBlock(block, index))
        open = { mark, at: index };
    } else if (mark === closing[open.mark] || (mark.startsWith('\n') && open.mark !== '$$')) open = null;
  }
  if (open && block.length - open.at <= maxHidden) return `${block.slice(0, open.at)}\\(${unfinished}\\)`;
  return block.replace(/(?<!\\)\\$|(?<!\$)\$$/, '');
};

const closing: Readonly<Record<string, string>> = { '\\(': '\\)', '\\[': '\\]', $$: '$$' };
