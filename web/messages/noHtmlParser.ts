/**
 * Stands in for `rehype-raw` in the build. Answers are rendered without its parser of HTML (see `Markdown.tsx`), but
 * the library names it in a list, and so it would be shipped: a third of the renderer's weight.
 */
const noHtmlParser = () => () => {};

export default noHtmlParser;
