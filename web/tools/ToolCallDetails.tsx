import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { secondsOf } from '../ui/moments.ts';
import type { ToolCallDetailsQuery } from './__generated__/ToolCallDetailsQuery.graphql.ts';

export interface ToolCallDetailsProps {
  readonly generationId: string;
  readonly callId: string;
  /** Loads again when it changes. */
  readonly fetchKey: string;
}

/** The arguments, the result and the duration of a call. */
export const ToolCallDetails = ({ generationId, callId, fetchKey }: ToolCallDetailsProps) => {
  const { node } = useLazyLoadQuery<ToolCallDetailsQuery>(
    graphql`
      query ToolCallDetailsQuery($id: ID!) {
        node(id: $id) {
          ... on Generation {
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
  const call = node?.toolCalls?.find(({ id }) => id === callId);
  if (!call) {
    return (
      <p className="text-muted">
        <Trans>The call is no longer there.</Trans>
      </p>
    );
  }
  const { startedAt, finishedAt, result } = call;
  const isTimed = typeof startedAt === 'string' && typeof finishedAt === 'string';
  const duration = isTimed ? secondsOf((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000, 1) : null;
  return (
    <div className="flex flex-col gap-2">
      <Part label={t`Arguments`} text={JSON.stringify(call.arguments, null, 2)} isCode />
      {typeof result === 'string' && <Part label={t`Result`} text={result} isCode={false} />}
      {duration !== null && (
        <p className="text-muted">
          <Trans>It took {duration}.</Trans>
        </p>
      )}
    </div>
  );
};

interface PartProps {
  readonly label: string;
  readonly text: string;
  readonly isCode: boolean;
}

const Part = ({ label, text, isCode }: PartProps) => (
  <div>
    <p className="font-medium text-muted">{label}</p>
    {/* No region: several calls may be open, and regions of a page need different names. */}
    {/* biome-ignore lint/a11y/useSemanticElements: it is no group of fields */}
    <div
      role="group"
      dir={isCode ? 'ltr' : 'auto'}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to be reached by keys
      tabIndex={0}
      aria-label={label}
      className="mt-1 max-h-64 overflow-auto rounded-lg bg-sunken px-3 py-2 font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere"
    >
      {text}
    </div>
  </div>
);
