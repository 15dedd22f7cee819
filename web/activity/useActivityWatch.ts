import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { messageOf, RequestFailure } from '../relay/failure.ts';
import type { useActivityWatchQuery } from './__generated__/useActivityWatchQuery.graphql.ts';

/** The interval between two polls, in ms. It doubles after each failed poll, up to the maximum. */
const pause = { shortest: 2_000, longest: 30_000 };

const query = graphql`
  query useActivityWatchQuery {
    ...ActivityList_query
  }
`;

/**
 * Polls the running answers while the page is visible, one request at a time. `problem` says why the last poll failed,
 * until one succeeds. `look` polls at once.
 */
export const useActivityWatch = () => {
  const environment = useRelayEnvironment();
  const [problem, setProblem] = useState<string | null>(null);
  const lookNow = useRef(() => {});
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let reading: { readonly unsubscribe: () => void } | undefined;
    let failures = 0;
    const lookIn = (ms: number) => {
      timer = setTimeout(look, ms);
    };
    const look = () => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible') return;
      // A poll that started before an answer was stopped may still list it.
      reading?.unsubscribe();
      reading = fetchQuery<useActivityWatchQuery>(environment, query, {}).subscribe({
        complete() {
          failures = 0;
          setProblem(null);
          lookIn(pause.shortest);
        },
        error(error: unknown) {
          failures += 1;
          setProblem(messageOf(error));
          lookIn(retryDelayMs(error, failures));
        },
      });
    };
    // The page's own query has just run.
    lookIn(pause.shortest);
    lookNow.current = look;
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      clearTimeout(timer);
      reading?.unsubscribe();
    };
  }, [environment]);
  const look = useCallback(() => lookNow.current(), []);
  return { problem, look };
};

const retryDelayMs = (error: unknown, failures: number): number => {
  const asked = error instanceof RequestFailure ? error.retryAfter : null;
  return Math.max((asked ?? 0) * 1000, Math.min(pause.shortest * 2 ** failures, pause.longest));
};
