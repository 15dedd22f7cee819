import { useEffect, useRef } from 'react';
import { type PreloadedQuery, usePreloadedQuery } from 'react-relay';
import { useLoaderData } from 'react-router';
import type { GraphQLTaggedNode, OperationType } from 'relay-runtime';

/** Reads the query that this route's loader started. It is released a moment after the page no longer shows it. */
export const useRouteQuery = <TQuery extends OperationType>(query: GraphQLTaggedNode): TQuery['response'] => {
  const reference = useLoaderData() as PreloadedQuery<TQuery>;
  const shown = useRef<unknown>(null);
  useEffect(() => {
    shown.current = reference;
    return () => {
      shown.current = null;
      // React's strict mode takes an effect back and runs it again at once: that is not the end of the page.
      setTimeout(() => {
        if (shown.current !== reference) reference.dispose();
      }, 0);
    };
  }, [reference]);
  return usePreloadedQuery<TQuery>(query, reference);
};
