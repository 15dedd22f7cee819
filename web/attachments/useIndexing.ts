import { useEffect, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { useIndexingQuery } from './__generated__/useIndexingQuery.graphql.ts';

/** How far the passages of a document are embedded. */
export interface Indexing {
  readonly done: number;
  readonly total: number;
}

/** The interval between two questions for the progress, in ms. It grows to the maximum while the document waits. */
const intervalMs = 3_000;
const maxIntervalMs = 30_000;

/**
 * The maximum number of questions. While answers run, or without a model for embeddings, documents wait without a limit, and
 * full text finds their passages meanwhile.
 */
const maxAttempts = 200;

/** Returns the progress of an uploaded document while it is indexed; otherwise null. */
export const useIndexing = (id: string): Indexing | null => {
  const environment = useRelayEnvironment();
  const [indexing, setIndexing] = useState<Indexing | null>(null);

  useEffect(() => {
    let attempts = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let request: { unsubscribe(): void } | undefined;
    const ask = () => {
      attempts += 1;
      let state = 'WAITING';
      request = fetchQuery<useIndexingQuery>(
        environment,
        graphql`
          query useIndexingQuery($id: ID!) {
            node(id: $id) {
              ... on Attachment {
                indexing {
                  state
                  done
                  total
                }
              }
            }
          }
        `,
        { id },
        { networkCacheConfig: { force: true } },
      ).subscribe({
        next({ node }) {
          state = node?.indexing?.state ?? 'NONE';
          setIndexing(state === 'RUNNING' ? (node?.indexing ?? null) : null);
        },
        complete() {
          const isOver = state === 'DONE' || state === 'NONE' || attempts >= maxAttempts;
          const wait = state === 'RUNNING' ? intervalMs : Math.min(intervalMs * attempts, maxIntervalMs);
          if (!isOver) timer = setTimeout(ask, wait);
        },
        // Without an answer, the last progress would look like a document that stands still.
        error: () => setIndexing(null),
      });
    };
    ask();
    return () => {
      clearTimeout(timer);
      request?.unsubscribe();
    };
  }, [environment, id]);

  return indexing;
};
