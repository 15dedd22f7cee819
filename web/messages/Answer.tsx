import { useDeferredValue, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { GenerationProgress } from '../generations/GenerationProgress.tsx';
import { GenerationThinking } from '../generations/GenerationThinking.tsx';
import { isActive } from '../generations/status.ts';
import { ToolCalls } from '../tools/ToolCalls.tsx';
import type { Answer_message$key } from './__generated__/Answer_message.graphql.ts';
import { Markdown } from './Markdown.tsx';

/**
 * The text of an answer, the only component that rerenders on a token. If tokens arrive faster than Markdown renders,
 * intermediate states are skipped, so typing and scrolling stay smooth.
 */
export const Answer = ({ message: key }: { message: Answer_message$key }) => {
  const { content, generation, sources } = useFragment(
    graphql`
      fragment Answer_message on Message {
        content
        sources {
          number
        }
        generation {
          status
          ...GenerationProgress_generation
          ...GenerationThinking_generation
          id
          tools
          toolCallCount
        }
      }
    `,
    key,
  );
  const text = useDeferredValue(content);
  const active = isActive(generation?.status);
  const [hasStreamed, setStreamed] = useState(active);
  if (active && !hasStreamed) setStreamed(true);
  // The number alone is no sign: a response from before a call may arrive after the stream's event about it.
  const mayHaveCalls =
    generation && (generation.toolCallCount > 0 || (hasStreamed && generation.tools.length > 0));
  const part = (words: string, isLast: boolean) => {
    if (words !== '') {
      return <Markdown text={words} isStreaming={active && isLast} sourceCount={sources.length} />;
    }
    return isLast && active && content === '' && generation ? (
      <GenerationProgress generation={generation} />
    ) : null;
  };
  return (
    <>
      {generation && <GenerationThinking generation={generation} isThinking={active && content === ''} />}
      {mayHaveCalls ? (
        <ToolCalls generationId={generation.id} text={text} isStreaming={active}>
          {part}
        </ToolCalls>
      ) : (
        part(text, true)
      )}
    </>
  );
};
