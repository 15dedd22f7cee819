import type { Extension, Token } from 'micromark-util-types';
import { formulaSyntax } from './formulaSyntax.ts';

/** What this module uses of the compiler from tokens to a syntax tree. */
interface Compiler {
  readonly stack: { readonly type: string; data?: object }[];
  readonly enter: (node: object, token: Token) => void;
  readonly exit: (token: Token) => void;
  readonly buffer: () => void;
  readonly resume: () => string;
  readonly config: Readonly<
    Record<'enter' | 'exit', Readonly<Record<'data', (this: Compiler, token: Token) => void>>>
  >;
}

/** Becomes `<code class="language-math">`, with `language-display` for a formula on lines of its own. */
const fromMarkdown = {
  enter: {
    formula(this: Compiler, token: Token) {
      this.enter({ type: 'formula', data: {} }, token);
      this.buffer();
    },
  },
  exit: {
    formulaText(this: Compiler, token: Token) {
      this.config.enter.data.call(this, token);
      this.config.exit.data.call(this, token);
    },
    formula(this: Compiler, token: Token) {
      const value = this.resume().trim();
      const node = this.stack.at(-1);
      if (node) {
        node.data = {
          hName: 'code',
          hProperties: {
            className: token.isDisplay ? ['language-math', 'language-display'] : ['language-math'],
          },
          hChildren: [{ type: 'text', value }],
        };
      }
      this.exit(token);
    },
  },
};

interface ParserData {
  micromarkExtensions?: Extension[];
  fromMarkdownExtensions?: object[];
}

/** Adds the syntax of formulas to the Markdown parser. */
export function remarkFormulas(this: { data: () => object }): void {
  const data: ParserData = this.data();
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), formulaSyntax];
  data.fromMarkdownExtensions = [...(data.fromMarkdownExtensions ?? []), fromMarkdown];
}
