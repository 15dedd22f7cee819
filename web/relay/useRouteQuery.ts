import { useEffect, useRef } from 'react';
import { type PreloadedQuery, usePreloadedQuery } from 'react-relay';
import { useLoaderData } from 'react-router';
import type { GraphQLTaggedNode, OperationType } from 'relay-runtime';

/** Reads the query that this route's loader started. Releases it shortly after the page is left. */
export const useRouteQuery = <TQuery extends OperationType>(query: GraphQLTaggedNode): TQuery['response'] => {
  const reference = useLoaderData() as PreloadedQuery<TQuery>;
  const shown = useRef<unknown>(null);
  useEffect(() => {
    shown.current = reference;
    return () => {
      shown.current = null;
      // React's strict mode undoes an effect and runs it again at once, which doesn't mean that the page was left.
      setTimeout(() => {
        if (shown.current !== reference) reference.dispose();
      }, 0);
    };
  }, [reference]);
  return usePreloadedQuery<TQuery>(query, reference);
};
