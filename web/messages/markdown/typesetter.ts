import katex from 'katex';
import 'katex/dist/katex.min.css';

/** Typesets a formula into an element. Throws on a formula that is not valid TeX. */
export const typeset = (tex: string, element: HTMLElement, displayMode: boolean): void =>
  katex.render(tex, element, {
    displayMode,
    throwOnError: true,
    strict: 'ignore',
    // A model's text is not trusted: no links, no images, and no rules that cover the page.
    trust: false,
    maxSize: 50,
    maxExpand: 500,
  });
