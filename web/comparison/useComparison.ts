import { useCallback, useState } from 'react';
import { type Comparison, keepComparison, readComparison, startComparison } from './comparison.ts';

/** The comparison of a conversation's last question, which is kept in this browser; null if there is none. */
export const useComparison = (conversationId: string, questionId: string | null) => {
  const [stored, setStored] = useState(() => readComparison(conversationId));
  const change = useCallback(
    (comparison: Comparison) => {
      keepComparison(conversationId, comparison);
      setStored(comparison);
    },
    [conversationId],
  );
  const begin = useCallback(
    (asked: string, models: readonly string[]) => setStored(startComparison(conversationId, asked, models)),
    [conversationId],
  );
  const comparison = stored && stored.questionId === questionId ? stored : null;
  const show = useCallback(() => {
    if (questionId === null) return;
    change({ ...(comparison ?? { questionId, models: [], waiting: [], held: [] }), isShown: true });
  }, [change, comparison, questionId]);
  /** Requests none of the answers that are still to be requested. */
  const stop = useCallback(() => {
    if (comparison) change({ ...comparison, waiting: [], held: [] });
  }, [change, comparison]);
  return { comparison, change, begin, show, stop };
};
