import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useDeferredValue, useEffect } from 'react';
import { graphql, useFragment, useLazyLoadQuery } from 'react-relay';
import { isActive } from '../generations/status.ts';
import { focusComposer } from '../messages/messageFocus.ts';
import { useSelectMessage } from '../messages/useSelectMessage.ts';
import { Button } from '../ui/Button.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ComparisonLanes_message$key } from './__generated__/ComparisonLanes_message.graphql.ts';
import type { ComparisonLanesQuery } from './__generated__/ComparisonLanesQuery.graphql.ts';
import { ComparisonLane, LaneFrame } from './ComparisonLane.tsx';
import { type Comparison, lanesOf } from './comparison.ts';
import { useAskLanes } from './useAskLanes.ts';

export interface ComparisonLanesProps {
  /** The answer on the conversation's path, one of those compared. */
  readonly messageId: string;
  readonly comparison: Comparison;
  readonly onChange: (comparison: Comparison) => void;
  /** Called with the ids of the running generations, when they change. */
  readonly onRunning: (ids: readonly string[]) => void;
  /** Called when the reader chose the answer to continue. */
  /** `model` is null for an imported answer, whose model isn't known. */
  readonly onPicked: (model: string | null) => void;
}

/** Shows the answers to a question side by side; on a narrow screen, one is swiped to after the other. */
export const ComparisonLanes = (props: ComparisonLanesProps) => {
  // Deferred, so that the lanes stay while those of the next answer are fetched.
  const id = useDeferredValue(props.messageId);
  const { node } = useLazyLoadQuery<ComparisonLanesQuery>(
    graphql`
      query ComparisonLanesQuery($id: ID!) {
        node(id: $id) {
          ...ComparisonLanes_message @alias(as: "message")
        }
      }
    `,
    { id },
  );
  return node?.message ? <Lanes {...props} message={node.message} /> : null;
};

interface LanesProps extends ComparisonLanesProps {
  readonly message: ComparisonLanes_message$key;
}

const Lanes = ({ message: key, messageId, comparison, onChange, onRunning, onPicked }: LanesProps) => {
  const { siblings } = useFragment(
    graphql`
      fragment ComparisonLanes_message on Message {
        siblings {
          id
          generation {
            id
            model
            status
          }
          ...ComparisonLane_message
        }
      }
    `,
    key,
  );
  const count = siblings.length;
  const lanes = lanesOf(siblings, comparison.models);
  const running = lanes.flatMap((lane) =>
    lane.kind === 'answer' && isActive(lane.answer.generation?.status) && lane.answer.generation
      ? lane.answer.generation.id
      : [],
  );
  const runningIds = running.join(' ');
  useEffect(() => {
    onRunning(runningIds === '' ? [] : runningIds.split(' '));
  }, [runningIds, onRunning]);
  const { ask, asked, problems } = useAskLanes(comparison, onChange, running.length);
  const { selectMessage } = useSelectMessage();
  const pick = (id: string, model: string | null) => {
    if (id !== messageId) selectMessage(id);
    onChange({ ...comparison, waiting: [], held: [], isShown: false });
    onPicked(model);
    focusComposer();
  };
  return (
    <section aria-label={t`Answers side by side`} className="pb-2">
      <div className="flex items-center gap-3 pb-3">
        <p className="min-w-0 flex-1 text-sm text-muted">
          {plural(count, {
            one: 'One answer so far.',
            other: '# answers. All are kept as versions.',
          })}
        </p>
        <Button
          onClick={() => {
            onChange({ ...comparison, isShown: false });
            focusComposer();
          }}
        >
          <Trans comment="Shows one answer, instead of several side by side">Show one</Trans>
        </Button>
      </div>
      <div className="flex snap-x snap-mandatory items-start gap-3 overflow-x-auto overscroll-x-contain pb-2 md:snap-none">
        {lanes.map((lane) => {
          if (lane.kind === 'answer') {
            return (
              <ComparisonLane
                key={lane.answer.id}
                message={lane.answer}
                isSelected={lane.answer.id === messageId}
                onPick={pick}
              />
            );
          }
          const { model } = lane;
          const problem = problems.get(model);
          const isHeld = comparison.held.includes(model);
          const isWaiting = asked === model || comparison.waiting.includes(model);
          return (
            <LaneFrame
              key={model}
              model={model}
              state={
                isWaiting
                  ? t({ message: 'Asking', comment: 'The model is being asked for an answer' })
                  : isHeld
                    ? t({ message: 'Waiting', comment: 'The model will be asked for an answer' })
                    : t({ message: 'Not asked', comment: 'The model was not asked for an answer' })
              }
              isBusy={isWaiting}
              action={
                !isWaiting && (
                  <Button onClick={() => ask([model])}>
                    <Trans comment="Asks the model for an answer">Ask</Trans>
                  </Button>
                )
              }
            >
              {isHeld && !isWaiting && (
                <p role="status" className="text-sm text-muted">
                  {problem} <Trans>This model is asked when one of the other answers ends.</Trans>
                </p>
              )}
              {problem && !isHeld && !isWaiting && <Problem>{problem}</Problem>}
              {!problem && !isHeld && !isWaiting && (
                <p className="text-sm text-muted">
                  <Trans>This model has not answered the question.</Trans>
                </p>
              )}
            </LaneFrame>
          );
        })}
      </div>
    </section>
  );
};
