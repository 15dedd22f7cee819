import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { graphql, useFragment } from 'react-relay';
import { GenerationDetails } from '../generations/GenerationDetails.tsx';
import { GenerationOutcome } from '../generations/GenerationOutcome.tsx';
import { placeInLine } from '../generations/GenerationProgress.tsx';
import { GenerationWatch } from '../generations/GenerationWatch.tsx';
import { isActive } from '../generations/status.ts';
import { useCancelGeneration } from '../generations/useCancelGeneration.ts';
import { Answer } from '../messages/Answer.tsx';
import { CopyMessage } from '../messages/CopyMessage.tsx';
import { RateMessage } from '../messages/RateMessage.tsx';
import { useRegenerate } from '../messages/useRegenerate.ts';
import { ReadAloud } from '../speech/ReadAloud.tsx';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import type { ComparisonLane_message$key } from './__generated__/ComparisonLane_message.graphql.ts';
import { imported } from './comparison.ts';

const words: Readonly<Record<string, MessageDescriptor>> = {
  RUNNING: msg({ message: 'Answering', comment: 'The state of an answer: the model is writing it' }),
  COMPLETED: msg({ message: 'Finished', comment: 'The state of an answer' }),
  CANCELLED: msg({ message: 'Stopped', comment: 'The state of an answer: the reader has stopped it' }),
  FAILED: msg({ message: 'Failed', comment: 'The state of an answer' }),
  INTERRUPTED: msg({ message: 'Interrupted', comment: 'The state of an answer' }),
};

export interface LaneFrameProps {
  readonly model: string;
  readonly state: string;
  readonly isBusy: boolean;
  readonly isSelected?: boolean;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of a lane: the model's name, its state, its main action, and its content. */
export const LaneFrame = ({ model, state, isBusy, isSelected, action, children }: LaneFrameProps) => (
  <article
    aria-label={t`Answer of ${model}`}
    aria-busy={isBusy}
    className={`flex min-w-[min(82vw,18rem)] flex-1 snap-start flex-col rounded-2xl border bg-raised ${isSelected ? 'border-accent' : 'border-line'}`}
  >
    <header className="flex min-h-14 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-4 py-2">
      <h3 className="min-w-0 font-medium wrap-anywhere">{model}</h3>
      <span className="text-sm text-muted">{state}</span>
      {isSelected && (
        <Badge tone="accent">
          <Trans comment="Marks the answer that the next message continues">Continues</Trans>
        </Badge>
      )}
      <span className="ms-auto">{action}</span>
    </header>
    <div className="min-w-0 px-4 py-3">{children}</div>
  </article>
);

export interface ComparisonLaneProps {
  readonly message: ComparisonLane_message$key;
  /** Whether the next message continues this answer. The conversation streams it. */
  readonly isSelected: boolean;
  /** `model` is null for an imported answer, whose model isn't known. */
  readonly onPick: (id: string, model: string | null) => void;
}

/** One answer of a comparison, with its own stop, outcome and choice. */
export const ComparisonLane = ({ message: key, isSelected, onPick }: ComparisonLaneProps) => {
  const message = useFragment(
    graphql`
      fragment ComparisonLane_message on Message {
        id
        viewerCanSelect
        viewerCanRegenerate
        generation {
          id
          status
          model
          queuePosition
          ...GenerationDetails_generation
          ...GenerationOutcome_generation
        }
        ...Answer_message
        ...CopyMessage_message
        ...GenerationWatch_message
        ...RateMessage_message
        ...ReadAloud_message
      }
    `,
    key,
  );
  const { generation } = message;
  const active = isActive(generation?.status);
  const { cancel, isStopping } = useCancelGeneration(active && generation ? [generation.id] : []);
  const { regenerate } = useRegenerate(message.id);
  const model = generation?.model ?? imported();
  const word = words[generation?.status ?? ''];
  const state =
    generation?.status === 'QUEUED' ? placeInLine(generation.queuePosition) : word ? i18n._(word) : '';
  return (
    <LaneFrame
      model={model}
      state={state}
      isBusy={active}
      isSelected={isSelected}
      action={
        active ? (
          <Button onClick={cancel} busy={isStopping} aria-label={t`Stop ${model}`}>
            <Square size={12} fill="currentColor" aria-hidden="true" />
            {isStopping ? t`Stopping…` : t`Stop`}
          </Button>
        ) : (
          message.viewerCanSelect && (
            <Button
              onClick={() => onPick(message.id, generation?.model ?? null)}
              aria-label={t`Continue with ${model}`}
            >
              <Trans>Continue with this</Trans>
            </Button>
          )
        )
      }
    >
      {!isSelected && <GenerationWatch message={message} />}
      <Answer message={message} />
      {generation && (
        <GenerationOutcome
          generation={generation}
          isLast
          onRegenerate={message.viewerCanRegenerate ? regenerate : null}
        />
      )}
      {!active && (
        <div className="mt-1.5 -ms-2 flex items-center">
          <CopyMessage message={message} />
          <ReadAloud message={message} />
          {message.viewerCanSelect && <RateMessage message={message} />}
          {generation && <GenerationDetails generation={generation} />}
        </div>
      )}
    </LaneFrame>
  );
};
