import { memo, useState } from 'react';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { createBlocks } from './markdown/blocks.ts';
import { parseMarkdown } from './markdown/parseMarkdown.ts';
import { hasOpenFence } from './markdown/splitMarkdown.ts';
import { renderMarkdown } from './renderMarkdown.tsx';

export interface MarkdownProps {
  readonly text: string;
  /** The text is incomplete: unfinished marks at its end are rendered as complete ones. */
  readonly isStreaming: boolean;
  /** The number of sources that the text may cite. Default 0. */
  readonly sourceCount?: number;
}

/** Renders Markdown, a growing answer block by block: only its last block is rendered again. */
export const Markdown = ({ text, isStreaming, sourceCount = 0 }: MarkdownProps) => {
  const [blocks] = useState(createBlocks);
  const [hasStreamed, setStreamed] = useState(isStreaming);
  if (isStreaming && !hasStreamed) setStreamed(true);
  // Text that doesn't grow gains nothing from being split. An answer that has grown keeps its blocks, so that its end doesn't
  // render all of them again.
  const shown = isStreaming ? blocks.ofGrowing(text) : hasStreamed ? blocks.of(text) : [text];
  return (
    <div className="markdown">
      {shown.map((markdown, index) => (
        <Block
          // biome-ignore lint/suspicious/noArrayIndexKey: a block grows in its place
          key={index}
          markdown={markdown}
          sourceCount={sourceCount}
          hasOpenCode={isStreaming && index === shown.length - 1 && hasOpenFence(markdown)}
        />
      ))}
    </div>
  );
};

interface BlockProps {
  readonly markdown: string;
  readonly sourceCount: number;
  /** Whether its block of code is still being written. */
  readonly hasOpenCode: boolean;
}

const Block = memo(({ markdown, ...props }: BlockProps) => (
  <ErrorBoundary fallback={() => <p className="whitespace-pre-wrap">{markdown}</p>} resetKey={markdown}>
    <Rendered markdown={markdown} {...props} />
  </ErrorBoundary>
));

/** Throws for a text that is nested too deeply, such as thousands of quotes in quotes: it is then shown as it is. */
const Rendered = ({ markdown, sourceCount, hasOpenCode }: BlockProps) =>
  renderMarkdown(parseMarkdown(markdown, sourceCount), hasOpenCode);
