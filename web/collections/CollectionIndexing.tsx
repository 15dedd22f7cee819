import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useEffect } from 'react';
import { fetchQuery, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import { locale } from '../language/language.ts';
import type { CollectionIndexing_collection$key } from './__generated__/CollectionIndexing_collection.graphql.ts';
import type { CollectionIndexingQuery } from './__generated__/CollectionIndexingQuery.graphql.ts';

/** The interval between two polls, in ms. It doubles while nothing changes, up to the maximum: without a model, nothing does. */
const pause = { shortest: 3_000, longest: 60_000 };

/** Says how far the documents of a collection are prepared for search by meaning, while they are. */
export const CollectionIndexing = ({
  collection: key,
}: {
  collection: CollectionIndexing_collection$key;
}) => {
  const { id, indexing } = useFragment(
    graphql`
      fragment CollectionIndexing_collection on Collection {
        id
        documentCount
        indexing {
          state
          done
          total
        }
      }
    `,
    key,
  );
  const environment = useRelayEnvironment();
  const { state, done, total } = indexing;
  const isPending = state === 'RUNNING' || state === 'WAITING';
  // biome-ignore lint/correctness/useExhaustiveDependencies: progress makes the interval short again
  useEffect(() => {
    if (!isPending) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let request: { unsubscribe(): void } | undefined;
    let isPolling = false;
    let waitMs = pause.shortest;
    const wait = () => {
      clearTimeout(timer);
      if (!isPolling && document.visibilityState === 'visible') timer = setTimeout(poll, waitMs);
    };
    const end = () => {
      isPolling = false;
      wait();
    };
    const poll = () => {
      isPolling = true;
      waitMs = Math.min(waitMs * 2, pause.longest);
      request = fetchQuery<CollectionIndexingQuery>(
        environment,
        graphql`
          query CollectionIndexingQuery($id: ID!) {
            node(id: $id) {
              ...CollectionIndexing_collection @alias(as: "collection")
            }
          }
        `,
        { id },
        { networkCacheConfig: { force: true } },
      ).subscribe({ complete: end, error: end });
    };
    wait();
    document.addEventListener('visibilitychange', wait);
    return () => {
      document.removeEventListener('visibilitychange', wait);
      clearTimeout(timer);
      request?.unsubscribe();
    };
  }, [environment, id, isPending, state, done, total]);
  if (state === 'WAITING') {
    return (
      <p className="py-2 text-sm text-muted">
        <Trans>
          Documents are found by their words. Search by meaning is prepared while no answer runs, if the
          server has a model for it.
        </Trans>
      </p>
    );
  }
  if (state !== 'RUNNING') return null;
  const share = (done / Math.max(1, total)).toLocaleString(locale(), { style: 'percent' });
  return (
    <p className="flex items-center gap-2 py-2 text-sm text-muted">
      <Trans comment="The progress of preparing a document for search by meaning, such as 40 %">
        Indexing, {share}
      </Trans>
      <progress
        aria-label={t`Indexing of the collection`}
        value={done}
        max={total}
        className="h-1.5 w-32 accent-accent"
      />
    </p>
  );
};
