import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { secondsOf } from '../ui/moments.ts';
import type { ToolCallDetailsQuery } from './__generated__/ToolCallDetailsQuery.graphql.ts';
import { ToolArguments } from './ToolArguments.tsx';
import { ToolAsker } from './ToolAsker.tsx';
import { ToolDecision, type ToolDecisionProps } from './ToolDecision.tsx';

export interface ToolCallDetailsProps {
  readonly generationId: string;
  readonly callId: string;
  /** Loads again when it changes. */
  readonly fetchKey: string;
  /** How the viewer decides on the call; null if there is nothing to decide. */
  readonly decision: Omit<ToolDecisionProps, 'describedBy'> | null;
}

/** The arguments, the result and the duration of a call, and the decision on it, which needs the arguments to be shown. */
export const ToolCallDetails = ({ generationId, callId, fetchKey, decision }: ToolCallDetailsProps) => {
  const { node } = useLazyLoadQuery<ToolCallDetailsQuery>(
    graphql`
      query ToolCallDetailsQuery($id: ID!) {
        node(id: $id) {
          ... on Generation {
            toolsAskedBy
            toolCalls {
              id
              arguments
              result
              startedAt
              finishedAt
            }
          }
        }
      }
    `,
    { id: generationId },
    { fetchPolicy: 'network-only', fetchKey },
  );
  const argumentsId = useId();
  const askerId = useId();
  const call = node?.toolCalls?.find(({ id }) => id === callId);
  if (!call) {
    return (
      <p className="text-muted">
        <Trans>The call is no longer there.</Trans>
      </p>
    );
  }
  const { startedAt, finishedAt, result } = call;
  const askedBy = node?.toolsAskedBy ?? null;
  const isTimed = typeof startedAt === 'string' && typeof finishedAt === 'string';
  const seconds = isTimed ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : null;
  // Operations of the graph mostly take milliseconds, and nothing takes 0.0 s.
  const duration = seconds === null ? null : secondsOf(Math.max(seconds, 0.1), 1);
  return (
    <div className="flex flex-col gap-2">
      <ToolArguments id={argumentsId} given={call.arguments} />
      {typeof result === 'string' && <Result text={result} />}
      {duration !== null && (
        <p className="text-muted">
          <Trans>It took {duration}.</Trans>
        </p>
      )}
      {(decision || askedBy !== null) && <ToolAsker id={askerId} apiKey={askedBy} />}
      {decision && <ToolDecision {...decision} describedBy={`${askerId} ${argumentsId}`} />}
    </div>
  );
};

const Result = ({ text }: { readonly text: string }) => {
  const label = t`Result`;
  return (
    <div>
      <p className="font-medium text-muted">{label}</p>
      {/* No region: several calls may be open, and regions of a page need different names. */}
      {/* biome-ignore lint/a11y/useSemanticElements: it is no group of fields */}
      <div
        role="group"
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to be reached by keys
        tabIndex={0}
        aria-label={label}
        className="mt-1 max-h-64 overflow-auto rounded-lg bg-sunken px-3 py-2 font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere"
      >
        {text}
      </div>
    </div>
  );
};
