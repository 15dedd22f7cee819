import { createCodePlugin } from '@streamdown/code';

type Highlight = ReturnType<typeof createCodePlugin>['highlight'];
type Language = Parameters<Highlight>[0]['language'];

/** A part of a line of code, and its style in the light and the dark theme. */
export type Token = NonNullable<ReturnType<Highlight>>['tokens'][number][number];
export type TokenLines = readonly (readonly Token[])[];

const plugin = createCodePlugin({ themes: ['github-light-default', 'github-dark-default'] });

/**
 * Passes the lines of highlighted code to `show`, at once if they are known. Fetches the grammar of a language when it is first
 * needed. If it can't be fetched, `show` is not called.
 */
export const highlight = (
  code: string,
  language: string,
  isIncomplete: boolean,
  show: (lines: TokenLines) => void,
): void => {
  const known = plugin.highlight(
    { code, language: language as Language, isIncomplete, themes: plugin.getThemes() },
    ({ tokens }) => show(tokens),
  );
  if (known) show(known.tokens);
};
