import { createCodePlugin } from '@streamdown/code';

/** Highlights code in the light and the dark theme. Fetches the grammar of a language when it is first needed. */
export const highlighter = createCodePlugin({ themes: ['github-light-default', 'github-dark-default'] });
