import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { ChevronRight, Wrench } from 'lucide-react';
import { lazy, memo, useId, useRef, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Badge } from '../ui/Badge.tsx';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ToolCallCard_call$key } from './__generated__/ToolCallCard_call.graphql.ts';
import { callElementId } from './showCall.ts';
import type { Decision } from './ToolDecision.tsx';
import { useDecideToolCall } from './useDecideToolCall.ts';
import { VisibleText } from './VisibleParts.tsx';
import { visibleText } from './visibleText.ts';

const ToolCallDetails = lazy(async () => ({
  default: (await import('./ToolCallDetails.tsx')).ToolCallDetails,
}));

const states: Readonly<Record<string, MessageDescriptor>> = {
  PENDING: msg`Not begun`,
  WAITING: msg`Waits for you`,
  RUNNING: msg`Running…`,
  SUCCEEDED: msg({ message: 'Done', comment: 'The state of a call of a tool' }),
  FAILED: msg({ message: 'Failed', comment: 'The state of a call of a tool' }),
  DENIED: msg({ message: 'Not called', comment: 'The state of a call of a tool that was denied' }),
  CANCELLED: msg({ message: 'Cancelled', comment: 'The state of a call of a tool' }),
};

const labelOf = (state: string): string => {
  const label = states[state];
  return label ? i18n._(label) : state;
};

export interface ToolCallCardProps {
  readonly generationId: string;
  readonly call: ToolCallCard_call$key;
}

/**
 * A call of a tool: its state, its contents on request, and the decision on one that waits. It doesn't rerender with each token
 * of its answer.
 */
export const ToolCallCard = memo(({ generationId, call }: ToolCallCardProps) => {
  const {
    id,
    name: given,
    state,
    viewerCanDecide,
    decideBefore,
  } = useFragment(
    graphql`
      fragment ToolCallCard_call on ToolCall {
        id
        name
        state
        viewerCanDecide
        decideBefore
      }
    `,
    call,
  );
  const [isChosen, setChosen] = useState(false);
  const { decide, isDeciding, problem } = useDecideToolCall({ generationId, id, state });
  const toggle = useRef<HTMLButtonElement>(null);
  const detailsId = useId();
  const name = visibleText(given);
  // What is to be decided on has to be seen, so it can't be closed.
  const isOpen = isChosen || viewerCanDecide;
  const onDecide = (decision: Decision) => {
    decide(decision);
    // The buttons go away with the decision, and would lose the focus.
    toggle.current?.focus({ preventScroll: true });
  };
  return (
    <li id={callElementId(id)} className="scroll-mt-4 rounded-xl border border-line text-sm">
      <button
        ref={toggle}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? detailsId : undefined}
        aria-disabled={viewerCanDecide || undefined}
        onClick={viewerCanDecide ? undefined : () => setChosen(!isOpen)}
        className={`flex min-h-9 w-full items-center gap-2 ${isOpen ? 'rounded-t-xl' : 'rounded-xl'} px-2.5 py-1 text-start not-aria-disabled:hover:bg-hover pointer-coarse:min-h-11`}
      >
        <Wrench size={15} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
        <span className="min-w-0 wrap-anywhere">
          <VisibleText text={given} />
        </span>
        <Badge tone={state === 'WAITING' ? 'accent' : 'plain'}>{labelOf(state)}</Badge>
        {!viewerCanDecide && (
          <ChevronRight
            size={15}
            aria-hidden="true"
            className={`ms-auto shrink-0 text-muted transition-transform ${isOpen ? 'rotate-90' : 'rtl:rotate-180'}`}
          />
        )}
      </button>
      {isOpen && (
        <div id={detailsId} className="border-t border-line px-3 py-2.5">
          <LoadBoundary>
            {(fetchKey) => (
              <ToolCallDetails
                generationId={generationId}
                callId={id}
                // Again after each change.
                fetchKey={`${fetchKey} ${state}`}
                decision={
                  viewerCanDecide ? { name, before: decideBefore ?? null, isDeciding, onDecide } : null
                }
              />
            )}
          </LoadBoundary>
        </div>
      )}
      {problem && (
        <div className="px-3 pb-2.5">
          <Problem>{problem}</Problem>
        </div>
      )}
    </li>
  );
});
ToolCallCard.displayName = 'ToolCallCard';
