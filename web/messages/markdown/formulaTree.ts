import type { Extension } from 'mdast-util-from-markdown';

/** Compiles formulas to `<code class="language-math">`, with `language-display` for those on lines of their own. */
export const formulasFromMarkdown: Extension = {
  enter: {
    formula(token) {
      this.enter({ type: 'formula', data: {} } as never, token);
      this.buffer();
    },
  },
  exit: {
    formulaText(token) {
      this.config.enter.data?.call(this, token);
      this.config.exit.data?.call(this, token);
    },
    formula(token) {
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
