import { t } from '@lingui/core/macro';
import { useMemo, useState } from 'react';
import { defaultRehypePlugins, defaultRemarkPlugins, Streamdown, type StreamdownProps } from 'streamdown';
import { Citation } from '../sources/Citation.tsx';
import { rehypeCitations } from '../sources/rehypeCitations.ts';
import { MarkdownCheckbox } from './MarkdownCheckbox.tsx';
import { MarkdownCode } from './MarkdownCode.tsx';
import { MarkdownImage } from './MarkdownImage.tsx';
import { MarkdownLink } from './MarkdownLink.tsx';
import { MarkdownTable } from './MarkdownTable.tsx';
import { blocksOf, growingBlocksOf, wholeOf } from './markdown/blocks.ts';
import { rehypeDirection } from './markdown/rehypeDirection.ts';
import { remarkFormulas } from './markdown/remarkFormulas.ts';
import { remarkLineBreaks } from './markdown/remarkLineBreaks.ts';
import { useMarkdownPlugins } from './useMarkdownPlugins.ts';

const components = {
  a: MarkdownLink,
  // Only citations become buttons: tags in the text are shown as text.
  button: Citation,
  code: MarkdownCode,
  img: MarkdownImage,
  input: MarkdownCheckbox,
  table: MarkdownTable,
};

const remarkPlugins = [...Object.values(defaultRemarkPlugins), remarkFormulas, remarkLineBreaks];

// A model's text is not trusted. Without the HTML plugin, tags are shown as text; the elements and addresses that
// Markdown itself produces are still sanitized.
const rehypePlugins: NonNullable<StreamdownProps['rehypePlugins']> = [
  ...[defaultRehypePlugins.sanitize, defaultRehypePlugins.harden].filter((plugin) => plugin !== undefined),
  rehypeDirection,
];

/** Names the link from a footnote back to its mark. A footnote may have several marks: `1`, `1-2`. */
const labelOfBackReference = (footnote: number, mark: number): string => {
  const reference = mark > 1 ? `${footnote + 1}-${mark}` : `${footnote + 1}`;
  return t`Back to reference ${reference}`;
};

export interface MarkdownProps {
  readonly text: string;
  /** The text is incomplete: unfinished marks at its end are rendered as complete ones. */
  readonly isStreaming: boolean;
  /** The number of sources that the text may cite. Default 0. */
  readonly sourceCount?: number;
}

/** Renders Markdown, a growing answer block by block: only its last block is rendered again. */
export const Markdown = ({ text, isStreaming, sourceCount = 0 }: MarkdownProps) => {
  const plugins = useMarkdownPlugins(text);
  const [hasStreamed, setStreamed] = useState(isStreaming);
  if (isStreaming && !hasStreamed) setStreamed(true);
  // An answer that has grown keeps its blocks, so that its end doesn't render all of them again.
  const finishedBlocksOf = hasStreamed ? blocksOf : wholeOf;
  const withCitations = useMemo<typeof rehypePlugins>(
    () => (sourceCount === 0 ? rehypePlugins : [...rehypePlugins, [rehypeCitations, { count: sourceCount }]]),
    [sourceCount],
  );
  // Kept, because new options render all blocks again.
  const footnotes = useMemo(
    () => ({ footnoteLabel: t`Footnotes`, footnoteBackLabel: labelOfBackReference }),
    [],
  );
  return (
    <Streamdown
      className="markdown"
      components={components}
      remarkPlugins={remarkPlugins}
      rehypePlugins={withCitations}
      remarkRehypeOptions={footnotes}
      plugins={plugins}
      // The last block is completed by its splitter, which knows formulas.
      parseIncompleteMarkdown={false}
      parseMarkdownIntoBlocksFn={isStreaming ? growingBlocksOf : finishedBlocksOf}
      isAnimating={isStreaming}
      codeBlockMaxHeight={0}
      tableMaxHeight={0}
      controls={false}
    >
      {text}
    </Streamdown>
  );
};
