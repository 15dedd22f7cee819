import { useMemo } from 'react';
import { defaultRehypePlugins, Streamdown } from 'streamdown';
import { MarkdownCode } from './MarkdownCode.tsx';
import { MarkdownImage } from './MarkdownImage.tsx';
import { MarkdownLink } from './MarkdownLink.tsx';
import { MarkdownTable } from './MarkdownTable.tsx';
import { withMathFences } from './mathFences.ts';
import { useMarkdownPlugins } from './useMarkdownPlugins.ts';

const components = { a: MarkdownLink, code: MarkdownCode, img: MarkdownImage, table: MarkdownTable };

// What a model writes is not trusted. Without the plugin that parses HTML, tags are shown as the text they are; what
// Markdown itself makes is still reduced to harmless elements and addresses.
const rehypePlugins = [defaultRehypePlugins.sanitize, defaultRehypePlugins.harden].filter(
  (plugin) => plugin !== undefined,
);

export interface MarkdownProps {
  readonly text: string;
  /** More will come: half-written marks at the end are taken for whole ones. */
  readonly isStreaming: boolean;
}

/** Each block of the text is rendered once, however long the answer grows; only the last one is rendered again. */
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
