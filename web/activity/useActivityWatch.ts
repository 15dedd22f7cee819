import { useEffect } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { useActivityWatchQuery } from './__generated__/useActivityWatchQuery.graphql.ts';

/** Milliseconds between two looks, the first not counted: the page has just been read. */
const pause = 2_000;

const query = graphql`
  query useActivityWatchQuery {
    ...ActivityList_query
  }
`;

/** Keeps what is made just now current, for as long as somebody looks: one request at a time. */
export const useActivityWatch = (): void => {
  const environment = useRelayEnvironment();
  useEffect(() => {
    let isReading = false;
    const ended = () => {
      isReading = false;
    };
    let reading: { readonly unsubscribe: () => void } | undefined;
    const timer = setInterval(() => {
      if (isReading || document.visibilityState !== 'visible') return;
      isReading = true;
      reading = fetchQuery<useActivityWatchQuery>(environment, query, {}).subscribe({
        complete: ended,
        // A server that does not answer is told of by the connection's notice.
        error: ended,
      });
    }, pause);
    return () => {
      clearInterval(timer);
      reading?.unsubscribe();
    };
  }, [environment]);
};
