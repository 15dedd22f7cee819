import { useEffect } from 'react';
import { type PreloadedQuery, usePreloadedQuery } from 'react-relay';
import { useLoaderData } from 'react-router';
import type { GraphQLTaggedNode, OperationType } from 'relay-runtime';

/** The number of mounted components that show a query: none of them, shortly after the page is left. */
const shown = new WeakMap<object, number>();

/** Reads the query that this route's loader started. Releases it shortly after the page is left. */
export const useRouteQuery = <TQuery extends OperationType>(query: GraphQLTaggedNode): TQuery['response'] => {
  const reference = useLoaderData() as PreloadedQuery<TQuery>;
  useEffect(() => {
    shown.set(reference, (shown.get(reference) ?? 0) + 1);
    return () => {
      shown.set(reference, (shown.get(reference) ?? 1) - 1);
      // A new language renders the page anew, and React's strict mode runs an effect twice: the page wasn't left.
      setTimeout(() => {
        if (shown.get(reference) === 0) reference.dispose();
      }, 0);
    };
  }, [reference]);
  return usePreloadedQuery<TQuery>(query, reference);
};
