import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { RequestFailure, wordsFor } from '../relay/failure.ts';
import type { useActivityWatchQuery } from './__generated__/useActivityWatchQuery.graphql.ts';

/** Milliseconds between two looks; after looks that failed it doubles, up to the longest. */
const pause = { shortest: 2_000, longest: 30_000 };

const query = graphql`
  query useActivityWatchQuery {
    ...ActivityList_query
  }
`;

/**
 * Keeps what is made just now current for as long as somebody looks, by one request at a time. `problem` says why the
 * last look failed, until one works; `look` is for now, instead of waiting for the next.
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
      // What was asked before something was stopped might still show it.
      reading?.unsubscribe();
      reading = fetchQuery<useActivityWatchQuery>(environment, query, {}).subscribe({
        complete() {
          failures = 0;
          setProblem(null);
          lookIn(pause.shortest);
        },
        error(error: unknown) {
          failures += 1;
          setProblem(wordsFor(error));
          lookIn(pauseAfter(error, failures));
        },
      });
    };
    // The page has just been read.
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

const pauseAfter = (error: unknown, failures: number): number => {
  const asked = error instanceof RequestFailure ? error.retryAfter : null;
  return Math.max((asked ?? 0) * 1000, Math.min(pause.shortest * 2 ** failures, pause.longest));
};
