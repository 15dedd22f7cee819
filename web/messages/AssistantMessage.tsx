import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { GenerationDetails } from '../generations/GenerationDetails.tsx';
import { GenerationOutcome } from '../generations/GenerationOutcome.tsx';
import { isActive } from '../generations/status.ts';
import { MessageSources } from '../sources/MessageSources.tsx';
import { OpenSource } from '../sources/OpenSource.ts';
import { SourceDialog } from '../sources/SourceDialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { AssistantMessage_message$key } from './__generated__/AssistantMessage_message.graphql.ts';
import { Answer } from './Answer.tsx';
import { CopyMessage } from './CopyMessage.tsx';
import { MessageVersions } from './MessageVersions.tsx';
import { messageActions } from './messageActions.ts';
import { RateMessage } from './RateMessage.tsx';
import { useRegenerate } from './useRegenerate.ts';

export interface AssistantMessageProps {
  readonly message: AssistantMessage_message$key;
  readonly isLast: boolean;
  /** Whether the conversation has answers of several models, so that each shows its own. */
  readonly showsModel: boolean;
}

/** Reads the status of an answer, not its text, so that a token rerenders only `Answer`. */
export const AssistantMessage = ({ message: key, isLast, showsModel }: AssistantMessageProps) => {
  const message = useFragment(
    graphql`
      fragment AssistantMessage_message on Message {
        id
        viewerCanRegenerate
        generation {
          status
          model
          ...GenerationDetails_generation
          ...GenerationOutcome_generation
        }
        ...Answer_message
        ...CopyMessage_message
        ...MessageSources_message
        ...MessageVersions_message
        ...RateMessage_message
        viewerCanSelect
      }
    `,
    key,
  );
  const { regenerate, isRegenerating } = useRegenerate(message.id);
  const [source, setSource] = useState<number | null>(null);
  const { generation } = message;
  const active = isActive(generation?.status);
  return (
    <article aria-label="Answer" aria-busy={active} className="group">
      {showsModel && generation && <p className="mb-1 text-sm text-muted">{generation.model}</p>}
      <OpenSource value={setSource}>
        <Answer message={message} />
      </OpenSource>
      {!active && <MessageSources message={message} onOpen={setSource} />}
      <SourceDialog messageId={message.id} number={source} onClose={() => setSource(null)} />
      {generation && (
        <GenerationOutcome
          generation={generation}
          isLast={isLast}
          onRegenerate={message.viewerCanRegenerate ? regenerate : null}
        />
      )}
      <div
        className={`mt-1.5 -ml-2 ${messageActions} ${isLast ? 'opacity-100' : ''} ${active ? 'invisible' : ''}`}
      >
        <MessageVersions message={message} />
        {!active && <CopyMessage message={message} />}
        {!active && message.viewerCanSelect && <RateMessage message={message} />}
        {message.viewerCanRegenerate && (
          <IconButton
            icon={RotateCcw}
            label="Regenerate"
            compact
            aria-disabled={isRegenerating || undefined}
            onClick={isRegenerating ? undefined : regenerate}
          />
        )}
        {generation && <GenerationDetails generation={generation} />}
      </div>
    </article>
  );
};
