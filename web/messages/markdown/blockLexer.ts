import type { Lexer } from 'marked';
import { whenIdle } from '../../ui/onDemand.ts';

export interface BlockToken {
  readonly type: string;
  readonly raw: string;
  /** The items of a list. */
  readonly items?: readonly BlockToken[];
  /** The parts of an item or a quote. */
  readonly tokens?: readonly BlockToken[];
}

export interface BlockTokens {
  readonly tokens: readonly BlockToken[];
  /** Whether the text defines references, as `[a]: https://…` does. */
  readonly hasDefinitions: boolean;
}

let Loaded: typeof Lexer | null = null;

/** Loads the lexer. Only growing answers are split into blocks. */
export const loadBlockLexer = whenIdle(async () => {
  Loaded = (await import('marked')).Lexer;
});

/**
 * Returns the blocks of Markdown. Until the lexer is loaded, a text is one block: it renders slower as it grows, and marks that
 * aren't complete may show behind a block of code.
 */
export const blockTokensOf = (markdown: string): BlockTokens => {
  if (!Loaded) {
    // The next text retries.
    loadBlockLexer().catch(() => {});
    return { tokens: [{ type: 'paragraph', raw: markdown }], hasDefinitions: false };
  }
  const lexer = new Loaded({ gfm: true });
  const tokens = lexer.blockTokens(markdown);
  return { tokens, hasDefinitions: Object.keys(lexer.tokens.links).length > 0 };
};
