import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Columns2, Pencil, RotateCcw, StepForward } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { GenerationDetails } from '../generations/GenerationDetails.tsx';
import { GenerationOutcome } from '../generations/GenerationOutcome.tsx';
import { isActive } from '../generations/status.ts';
import { MessageSources } from '../sources/MessageSources.tsx';
import { OpenSource } from '../sources/OpenSource.ts';
import { ReadAloud } from '../speech/ReadAloud.tsx';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { AssistantMessage_message$key } from './__generated__/AssistantMessage_message.graphql.ts';
import { Answer } from './Answer.tsx';
import { CopyMessage } from './CopyMessage.tsx';
import { EditAnswer } from './EditAnswer.tsx';
import { messageActions } from './messageActions.ts';
import { focusComposer } from './messageFocus.ts';
import { RateMessage } from './RateMessage.tsx';
import { useContinueAnswer } from './useContinueAnswer.ts';
import { useRegenerate } from './useRegenerate.ts';

const SourceDialog = dialogOnDemand(async () => (await import('../sources/SourceDialog.tsx')).SourceDialog);

export interface AssistantMessageProps {
  readonly message: AssistantMessage_message$key;
  readonly isLast: boolean;
  /** Switches between its versions. */
  readonly versions: ReactNode;
  /** Whether the conversation has answers of several models, so that each shows its own. */
  readonly showsModel: boolean;
  /** Shows its versions side by side. Null where that is not possible. */
  readonly onCompare: (() => void) | null;
}

/** Reads the status of an answer, not its text, so that a token rerenders only `Answer`. */
export const AssistantMessage = ({
  message: key,
  isLast,
  versions,
  showsModel,
  onCompare,
}: AssistantMessageProps) => {
  const message = useFragment(
    graphql`
      fragment AssistantMessage_message on Message {
        id
        viewerCanRegenerate
        viewerCanEditAnswer
        viewerCanContinue
        editedFrom {
          id
        }
        generation {
          status
          canContinue
          model
          ...GenerationDetails_generation
          ...GenerationOutcome_generation
        }
        ...Answer_message
        ...CopyMessage_message
        ...EditAnswer_message
        ...MessageSources_message
        ...RateMessage_message
        ...ReadAloud_message
        viewerCanSelect
      }
    `,
    key,
  );
  const { regenerate, isRegenerating } = useRegenerate(message.id);
  const { continueAnswer, isContinuing } = useContinueAnswer(message.id);
  const [state, setState] = useState<'shown' | 'editing' | 'cancelled'>('shown');
  const edit = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (state === 'cancelled') edit.current?.focus({ preventScroll: true });
  }, [state]);
  const [source, setSource] = useState<number | null>(null);
  const { generation } = message;
  const active = isActive(generation?.status);
  if (state === 'editing') {
    return (
      <EditAnswer
        message={message}
        onSaved={() => {
          setState('shown');
          focusComposer();
        }}
        onCancel={() => setState('cancelled')}
      />
    );
  }
  // The last answer has a button for that, if it is unfinished.
  const canContinue = message.viewerCanContinue && !active && !(isLast && generation?.canContinue);
  return (
    <article aria-label={t`Answer`} aria-busy={active} className="group">
      {showsModel && generation && <p className="mb-1 text-sm text-muted">{generation.model}</p>}
      {message.editedFrom && (
        <p className="mb-1 text-sm text-muted">
          <Trans>Edited by you</Trans>
        </p>
      )}
      <OpenSource value={setSource}>
        <Answer message={message} />
      </OpenSource>
      {!active && <MessageSources message={message} onOpen={setSource} />}
      <SourceDialog
        open={source !== null}
        messageId={message.id}
        number={source}
        onClose={() => setSource(null)}
      />
      {generation && (
        <GenerationOutcome
          generation={generation}
          isLast={isLast}
          onRegenerate={message.viewerCanRegenerate ? regenerate : null}
        />
      )}
      <div
        className={`mt-1.5 -ms-2 ${messageActions} ${isLast ? 'opacity-100' : ''} ${active ? 'invisible' : ''}`}
      >
        {versions}
        {onCompare && <IconButton icon={Columns2} label={t`Show side by side`} compact onClick={onCompare} />}
        {!active && <CopyMessage message={message} />}
        {!active && <ReadAloud message={message} />}
        {!active && message.viewerCanSelect && <RateMessage message={message} />}
        {message.viewerCanRegenerate && (
          <IconButton
            icon={RotateCcw}
            label={t`Regenerate`}
            compact
            aria-disabled={isRegenerating || undefined}
            onClick={isRegenerating ? undefined : regenerate}
          />
        )}
        {!active && message.viewerCanEditAnswer && (
          <IconButton
            ref={edit}
            icon={Pencil}
            label={t`Edit answer`}
            compact
            onClick={() => setState('editing')}
          />
        )}
        {canContinue && (
          <IconButton
            icon={StepForward}
            label={t`Continue this answer`}
            compact
            aria-disabled={isContinuing || undefined}
            onClick={isContinuing ? undefined : continueAnswer}
          />
        )}
        {generation && <GenerationDetails generation={generation} />}
      </div>
    </article>
  );
};
