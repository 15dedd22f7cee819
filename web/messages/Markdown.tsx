import { useMemo } from 'react';
import { defaultRehypePlugins, Streamdown } from 'streamdown';
import { MarkdownCode } from './MarkdownCode.tsx';
import { MarkdownImage } from './MarkdownImage.tsx';
import { MarkdownLink } from './MarkdownLink.tsx';
import { MarkdownTable } from './MarkdownTable.tsx';
import { withMathFences } from './mathFences.ts';
import { useMarkdownPlugins } from './useMarkdownPlugins.ts';

const components = { a: MarkdownLink, code: MarkdownCode, img: MarkdownImage, table: MarkdownTable };

// A model's text is not trusted. Without the HTML plugin, tags are shown as text; the elements and addresses that
// Markdown itself produces are still sanitized.
const rehypePlugins = [defaultRehypePlugins.sanitize, defaultRehypePlugins.harden].filter(
  (plugin) => plugin !== undefined,
);

export interface MarkdownProps {
  readonly text: string;
  /** The text is incomplete: unfinished marks at its end are rendered as complete ones. */
  readonly isStreaming: boolean;
}

/** Renders Markdown block by block: as an answer grows, only its last block is rendered again. */
export const Markdown = ({ text, isStreaming }: MarkdownProps) => {
  const source = useMemo(() => withMathFences(text), [text]);
  const plugins = useMarkdownPlugins(source);
  return (
    <Streamdown
      className="markdown"
      components={components}
      rehypePlugins={rehypePlugins}
      plugins={plugins}
      parseIncompleteMarkdown={isStreaming}
      isAnimating={isStreaming}
      codeBlockMaxHeight={0}
      tableMaxHeight={0}
      controls={false}
      dir="auto"
    >
      {source}
    </Streamdown>
  );
};
