import { useDeferredValue } from 'react';
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
          toolCallCount
        }
      }
    `,
    key,
  );
  const text = useDeferredValue(content);
  const active = isActive(generation?.status);
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
      {generation && generation.toolCallCount > 0 ? (
        <ToolCalls generationId={generation.id} text={text}>
          {part}
        </ToolCalls>
      ) : (
        part(text, true)
      )}
    </>
  );
};
