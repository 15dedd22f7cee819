import { createCodePlugin } from '@streamdown/code';

/** In the colours of the light theme and of the dark one. The grammar of a language is fetched when it is first seen. */
export const highlighter = createCodePlugin({ themes: ['github-light-default', 'github-dark-default'] });
