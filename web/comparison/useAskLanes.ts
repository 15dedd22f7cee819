import { useCallback, useEffect, useRef, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useCancelGeneration } from '../generations/useCancelGeneration.ts';
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
            generation {
              id
            }
            ...ComparisonLanes_message
          }
        }
      }
    }
  `);
  const { cancelIds } = useCancelGeneration([]);
  const [asked, setAsked] = useState<string | null>(null);
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const { refused } = useAllowance();
  const { questionId, waiting, held } = comparison;
  const isBusy = useRef(false);
  /** How many answers have ended since the page was opened. */
  const ended = useRef(0);
  const latest = useRef({ comparison, running });
  useEffect(() => {
    latest.current = { comparison, running };
  });

  const send = useCallback(
    (model: string) => {
      isBusy.current = true;
      setAsked(model);
      const endedBefore = ended.current;
      const idempotencyKey = keyFor(questionId, model);
      const settle = (problem: string | null) => {
        isBusy.current = false;
        setAsked(null);
        setProblems((before) => {
          const after = new Map(before);
          if (problem === null) after.delete(model);
          else after.set(model, problem);
          return after;
        });
      };
      // What else waits. Null: the reader has stopped the answers, or asked another question.
      const others = () => {
        const { questionId: current, waiting: models } = latest.current.comparison;
        if (current !== questionId || !models.includes(model)) return null;
        return models.filter((other) => other !== model);
      };
      commit({
        variables: { input: { messageId: questionId, model, ...(idempotencyKey && { idempotencyKey }) } },
        onCompleted: ({ regenerate }) => {
          const rest = others();
          const id = regenerate?.assistantMessageEdge.node.generation?.id;
          if (rest) onChange({ ...latest.current.comparison, waiting: rest });
          else if (id) cancelIds([id]);
          settle(null);
        },
        onError: (error) => {
          const rest = others();
          if (!rest) return settle(null);
          const { comparison: current, running: count } = latest.current;
          const isLimited = error instanceof RequestFailure && error.code === 'RATE_LIMITED';
          // An answer has ended while this one was refused. Who waits for the next end may wait for long.
          if (isLimited && ended.current > endedBefore) {
            onChange({ ...current, waiting: [...rest, model] });
            return settle(null);
          }
          const held = isLimited && count > 0 ? [...current.held, model] : current.held;
          onChange({ ...current, waiting: rest, held });
          if (held === current.held) refused(error);
          settle(messageOf(error));
        },
      });
    },
    [commit, questionId, refused, onChange, cancelIds],
  );

  useEffect(() => {
    const [next] = waiting;
    if (next !== undefined && !isAsking && !isBusy.current) send(next);
  }, [waiting, isAsking, send]);

  const ask = useCallback(
    (models: readonly string[]) => {
      setProblems((before) => new Map([...before].filter(([model]) => !models.includes(model))));
      onChange({
        ...comparison,
        waiting: [...new Set([...waiting, ...models])],
        held: held.filter((model) => !models.includes(model)),
      });
    },
    [comparison, waiting, held, onChange],
  );
  const ranBefore = useRef(running);
  useEffect(() => {
    const hasEnded = running < ranBefore.current;
    ranBefore.current = running;
    if (hasEnded) ended.current += 1;
    if (held.length > 0 && (hasEnded || running === 0)) ask(held);
  }, [running, held, ask]);
  return { ask, asked, problems };
};
