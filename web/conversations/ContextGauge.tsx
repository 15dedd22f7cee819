import { plural, t } from '@lingui/core/macro';
import { Suspense, useDeferredValue, useEffect } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { locale } from '../language/language.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import type { ContextGaugeQuery } from './__generated__/ContextGaugeQuery.graphql.ts';

export interface ContextGaugeProps {
  readonly conversationId: string;
  /** Changes with the conversation: then the use is measured again. */
  readonly version: string;
  /** Called with the id of the oldest message that reaches the model; null if all do. */
  readonly onFirstMessage: (id: string | null) => void;
}

/** From this share on, the gauge warns. */
const nearlyFull = 0.9;

/** Shows how much of the model's context the conversation uses. It loads by itself, after the messages. */
export const ContextGauge = (props: ContextGaugeProps) => (
  <ErrorBoundary fallback={() => null} resetKey={props.version}>
    <Suspense fallback={null}>
      <Gauge {...props} />
    </Suspense>
  </ErrorBoundary>
);

const Gauge = ({ conversationId, version, onFirstMessage }: ContextGaugeProps) => {
  const { node } = useLazyLoadQuery<ContextGaugeQuery>(
    graphql`
      query ContextGaugeQuery($id: ID!) {
        node(id: $id) {
          ... on Conversation {
            context {
              usedTokens
              maxTokens
              firstMessage {
                id
              }
            }
          }
        }
      }
    `,
    { id: conversationId },
    { fetchKey: useDeferredValue(version), fetchPolicy: 'store-and-network' },
  );
  const context = node?.context;
  const first = context?.firstMessage?.id ?? null;
  useEffect(() => onFirstMessage(first), [first, onFirstMessage]);
  if (!context || typeof context.maxTokens !== 'number' || context.maxTokens <= 0) return null;
  const { usedTokens, maxTokens } = context;
  const share = Math.min(1, usedTokens / maxTokens);
  const isFull = first !== null;
  const used = usedTokens.toLocaleString(locale());
  const words = isFull
    ? plural(maxTokens, {
        one: "The model's context of # token is full. The earliest messages no longer reach the model.",
        other: "The model's context of # tokens is full. The earliest messages no longer reach the model.",
      })
    : plural(maxTokens, {
        one: `${used} of # token of the model's context are used.`,
        other: `${used} of # tokens of the model's context are used.`,
      });
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers don't let a meter element be styled alike
    <span
      role="meter"
      aria-label={t`Context used`}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={words}
      title={words}
      className={`flex shrink-0 items-center gap-2 px-2 text-xs tabular-nums ${isFull || share >= nearlyFull ? 'text-warn' : 'text-muted'}`}
    >
      <span className="h-1.5 w-10 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <span className="block h-full rounded-full bg-current" style={{ width: `${share * 100}%` }} />
      </span>
      {isFull ? t`Context full` : new Intl.NumberFormat(locale(), { style: 'percent' }).format(share)}
    </span>
  );
};
