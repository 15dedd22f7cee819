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
    change({ ...(comparison ?? { questionId, models: [], waiting: [] }), isShown: true });
  }, [change, comparison, questionId]);
  return { comparison, change, begin, show };
};
