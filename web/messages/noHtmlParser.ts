/**
 * Replaces `rehype-raw` in the build. Answers are rendered without its HTML parser (see `Markdown.tsx`), but the library
 * imports it, so it would be bundled: a third of the renderer's size.
 */
const noHtmlParser = () => () => {};

export default noHtmlParser;
