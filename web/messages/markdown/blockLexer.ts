import { whenIdle } from '../../ui/onDemand.ts';

/** What the splitter of blocks uses of the lexer. */
interface BlockLexer {
  readonly tokens: { readonly links: object };
  blockTokens(markdown: string): readonly { readonly type: string; readonly raw: string }[];
}

let Loaded: (new (options: object) => BlockLexer) | null = null;

const load = whenIdle(async () => {
  Loaded = (await import('marked')).Lexer;
});

/**
 * Replaces the lexer of `marked` for the splitter in the build, because only growing answers are split. Until the lexer is
 * loaded, a text is one block: it renders slower as it grows, and marks that aren't complete may show behind a block of code.
 */
export class Lexer implements BlockLexer {
  readonly #options: object;
  tokens: BlockLexer['tokens'] = { links: {} };

  constructor(options: object) {
    this.#options = options;
  }

  blockTokens(markdown: string): ReturnType<BlockLexer['blockTokens']> {
    if (!Loaded) {
      // The next text retries.
      load().catch(() => {});
      return [{ type: 'paragraph', raw: markdown }];
    }
    const lexer = new Loaded(this.#options);
    const blocks = lexer.blockTokens(markdown);
    this.tokens = lexer.tokens;
    return blocks;
  }
}
