import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Search } from 'lucide-react';
import { useEffect, useState, useTransition } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { PresetGallery_query$key } from './__generated__/PresetGallery_query.graphql.ts';
import { PresetCard } from './PresetCard.tsx';

const page = 24;

/** How long typing pauses before the search starts, in ms. */
const pauseMs = 200;

/** The presets as cards, with a search. */
export const PresetGallery = ({ query }: { query: PresetGallery_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment(
    graphql`
      fragment PresetGallery_query on Query
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 24 }
        after: { type: "String" }
        search: { type: "String" }
      )
      @refetchable(queryName: "PresetGalleryPaginationQuery") {
        presets(first: $first, after: $after, search: $search) @connection(key: "PresetGallery_presets") {
          edges {
            node {
              id
              ...PresetCard_preset
            }
          }
        }
      }
    `,
    query,
  );
  const [search, setSearch] = useState<string | null>(null);
  const [isSearching, startTransition] = useTransition();
  useEffect(() => {
    if (search === null) return;
    const timer = setTimeout(() => {
      startTransition(() => {
        refetch({ search: search.trim() || null, first: page }, { fetchPolicy: 'store-and-network' });
      });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [search, refetch]);

  const presets = data.presets.edges.map(({ node }) => node);
  return (
    <>
      <label className="relative block">
        <span className="sr-only">
          <Trans>Search presets</Trans>
        </span>
        <Search
          size={17}
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 start-3 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          dir="auto"
          maxLength={256}
          value={search ?? ''}
          placeholder={t`Search presets`}
          onChange={(event) => setSearch(event.target.value)}
          className="h-11 w-full rounded-lg border border-line-strong bg-raised ps-9.5 pe-3 text-base placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0"
        />
      </label>
      {presets.length === 0 ? (
        <p role="status" className="mt-6 text-muted">
          <Trans>No preset has these words. Try fewer or other ones.</Trans>
        </p>
      ) : (
        <ul
          aria-label={t`Presets`}
          aria-busy={isSearching}
          className="mt-5 grid grid-cols-[repeat(auto-fill,minmax(min(16rem,100%),1fr))] gap-3"
        >
          {presets.map((preset) => (
            <li key={preset.id}>
              <PresetCard preset={preset} />
            </li>
          ))}
        </ul>
      )}
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
};
