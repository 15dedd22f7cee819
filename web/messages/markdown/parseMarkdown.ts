import { t } from '@lingui/core/macro';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { gfm } from 'micromark-extension-gfm';
import { markCitations } from '../../sources/citations.ts';
import { setDirections } from './blockDirection.ts';
import { formulaSyntax } from './formulaSyntax.ts';
import { formulasFromMarkdown } from './formulaTree.ts';
import type { HtmlNode } from './htmlNode.ts';
import { showHtml } from './showHtml.ts';

const syntax = {
  extensions: [gfm(), formulaSyntax],
  mdastExtensions: [gfmFromMarkdown(), formulasFromMarkdown],
};

/** Names the link from a footnote back to its mark. A footnote may have several marks: `1`, `1-2`. */
const labelOfBackReference = (footnote: number, mark: number): string => {
  const reference = mark > 1 ? `${footnote + 1}-${mark}` : `${footnote + 1}`;
  return t`Back to reference ${reference}`;
};

/** Returns the tree of the HTML that Markdown becomes. HTML in the Markdown is text in the tree. */
export const parseMarkdown = (markdown: string, sourceCount: number): HtmlNode => {
  // Otherwise code would keep the line ends of Windows.
  const document = fromMarkdown(markdown.replace(/\r\n?/g, '\n'), syntax);
  showHtml(document);
  const tree: HtmlNode = toHast(document, {
    footnoteLabel: t`Footnotes`,
    footnoteBackLabel: labelOfBackReference,
  }) as HtmlNode;
  setDirections(tree);
  markCitations(tree, sourceCount);
  return tree;
};
