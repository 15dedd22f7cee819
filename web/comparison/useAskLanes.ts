import { useCallback, useEffect, useRef, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf, RequestFailure } from '../relay/failure.ts';
import type { useAskLanesMutation } from './__generated__/useAskLanesMutation.graphql.ts';
import type { Comparison } from './comparison.ts';

/** The server's limit of an idempotency key, in UTF-16 code units. */
const maxKeyLength = 200;

/** The same for each try, in each tab: a question gets one answer of a model by its comparison. */
const keyFor = (questionId: string, model: string): string | null => {
  const key = `compare ${questionId} ${model}`;
  return key.length <= maxKeyLength ? key : null;
};

interface Refusal {
  readonly text: string;
  /** Whether the model is asked again when a running answer ends: too many were running. */
  readonly isRetried: boolean;
}

/**
 * Requests the answers of the models that wait, one request after the other. A refused one is shown with its reason, and
 * can be requested again; if too many answers were running, that happens by itself when one of them ends.
 */
export const useAskLanes = (
  comparison: Comparison,
  onChange: (comparison: Comparison) => void,
  running: number,
) => {
  const [commit, isAsking] = useMutation<useAskLanesMutation>(graphql`
    mutation useAskLanesMutation($input: RegenerateInput!) {
      regenerate(input: $input) {
        conversation {
          id
          ...ConversationView_conversation
        }
        assistantMessageEdge {
          node {
            id
            ...ComparisonLanes_message
          }
        }
      }
    }
  `);
  const [asked, setAsked] = useState<string | null>(null);
  const [refusals, setRefusals] = useState<ReadonlyMap<string, Refusal>>(new Map());
  const { refused } = useAllowance();
  const { questionId, waiting } = comparison;
  const isBusy = useRef(false);

  const isRunning = running > 0;
  const send = useCallback(
    (model: string) => {
      isBusy.current = true;
      setAsked(model);
      const idempotencyKey = keyFor(questionId, model);
      const settle = (refusal: Refusal | null) => {
        isBusy.current = false;
        setAsked(null);
        setRefusals((before) => {
          const after = new Map(before);
          if (refusal) after.set(model, refusal);
          else after.delete(model);
          return after;
        });
      };
      commit({
        variables: { input: { messageId: questionId, model, ...(idempotencyKey && { idempotencyKey }) } },
        onCompleted: () => settle(null),
        onError: (error) => {
          const isLimited = error instanceof RequestFailure && error.code === 'RATE_LIMITED';
          const isRetried = isLimited && isRunning;
          if (!isRetried) refused(error);
          settle({ text: messageOf(error), isRetried });
        },
      });
    },
    [commit, questionId, refused, isRunning],
  );

  useEffect(() => {
    const [next, ...rest] = waiting;
    if (next === undefined || isAsking || isBusy.current) return;
    onChange({ ...comparison, waiting: rest });
    send(next);
  }, [comparison, waiting, isAsking, onChange, send]);

  const ask = useCallback(
    (models: readonly string[]) => {
      setRefusals((before) => new Map([...before].filter(([model]) => !models.includes(model))));
      onChange({ ...comparison, waiting: [...new Set([...waiting, ...models])] });
    },
    [comparison, waiting, onChange],
  );
  const ranBefore = useRef(running);
  useEffect(() => {
    const hasEnded = running < ranBefore.current;
    ranBefore.current = running;
    const retried = [...refusals].filter(([, { isRetried }]) => isRetried).map(([model]) => model);
    if (hasEnded && retried.length > 0) ask(retried);
  }, [running, refusals, ask]);
  return { ask, asked, refusals };
};
