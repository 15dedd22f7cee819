import { type BlockToken, blockTokensOf } from './blockLexer.ts';

/** The definition of a footnote. Its marks, which may be in any block, are text without it. */
const footnote = /\[\^[^\]\s]{1,200}\]:/;

/** The last split: what grows is split again only at its end. */
interface Split {
  readonly markdown: string;
  readonly blocks: readonly string[];
}

/**
 * Returns what splits Markdown into blocks that are parsed apart. It keeps the last split, so a growing text should have one
 * of its own.
 */
export const createSplitter = (): ((markdown: string) => readonly string[]) => {
  let last: Split = { markdown: '', blocks: [] };
  return (markdown) => {
    const text = markdown.replace(/\r\n?/g, '\n');
    if (text !== last.markdown) last = { markdown: text, blocks: grown(last, text) ?? split(text) };
    return last.blocks;
  };
};

const split = (text: string): readonly string[] => {
  const parts = partsOf(text);
  return parts === null ? [text] : joined(parts);
};

/** Splits a text that continues the last one, from its last blocks on. Returns null if it must be split as a whole. */
const grown = (last: Split, text: string): readonly string[] | null => {
  const kept = settledIn(last.blocks);
  if (kept === 0 || !text.startsWith(last.markdown)) return null;
  const settled = last.blocks.slice(0, kept);
  const start = settled.join('');
  // The lexer may have changed a text, such as one with tabs.
  if (!text.startsWith(start)) return null;
  const parts = partsOf(text.slice(start.length));
  return parts && [...settled, ...joined(parts)];
};

/** Returns the parts of a text, or null if it defines what any of them may use: a reference or a footnote. */
const partsOf = (text: string): readonly BlockToken[] | null => {
  const { tokens, hasDefinitions } = blockTokensOf(text);
  return hasDefinitions || tokens.some(definesFootnote) ? null : tokens;
};

const definesFootnote = (token: BlockToken): boolean => {
  if (token.type === 'code' || !footnote.test(token.raw)) return false;
  const parts = token.items ?? token.tokens ?? [];
  return parts.length === 0 || parts.some(definesFootnote);
};

/** Returns the number of blocks that more text doesn't change: the last two blocks may still become one. */
const settledIn = (blocks: readonly string[]): number =>
  blocks.findLastIndex((block, index) => index < blocks.length - 2 && block.endsWith('\n\n')) + 1;

const joined = (tokens: readonly BlockToken[]): string[] => {
  const blocks: string[] = [];
  let isAfterCode = false;
  for (const { type, raw } of tokens) {
    const before = blocks.at(-1);
    if (before !== undefined && (type === 'space' || (!isAfterCode && hasOpenFormula(before)))) {
      blocks[blocks.length - 1] = before + raw;
      continue;
    }
    blocks.push(raw);
    if (type !== 'space') isAfterCode = type === 'code';
  }
  // A slice would keep the whole text in memory, one for each growth.
  return blocks.map((block) => ` ${block}`.slice(1));
};

/** Whether a block ends inside of `$$`, between which empty lines are allowed. */
const hasOpenFormula = (block: string): boolean => (block.match(/\$\$/g)?.length ?? 0) % 2 === 1;

/** Whether a text ends inside of a block of code. */
export const hasOpenFence = (text: string): boolean => {
  let open = '';
  for (const line of text.split('\n')) {
    const [, fence = ''] = /^[ \t]{0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (open === '') open = fence;
    else if (fence[0] === open[0] && fence.length >= open.length) open = '';
  }
  return open !== '';
};
