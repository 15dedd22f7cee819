import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Search } from 'lucide-react';
import { useEffect, useState, useTransition } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { UserList_query$key } from './__generated__/UserList_query.graphql.ts';
import { UserRow } from './UserRow.tsx';

const page = 30;
/** The debounce of typing, in ms. */
const pause = 180;

export const UserList = ({ query }: { query: UserList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment(
    graphql`
      fragment UserList_query on Query
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 30 }
        after: { type: "String" }
        words: { type: "String" }
      )
      @refetchable(queryName: "UserListPaginationQuery") {
        viewer {
          id
        }
        users(first: $first, after: $after, search: $words)
          @connection(key: "UserList_users", filters: ["search"]) {
          edges {
            node {
              id
              ...UserRow_user
            }
          }
        }
      }
    `,
    query,
  );
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState('');
  const [isSearching, startSearch] = useTransition();
  useEffect(() => {
    const words = search.trim();
    if (words === shown) return;
    const timer = setTimeout(
      () =>
        startSearch(() => {
          setShown(words);
          refetch({ first: page, words: words || null }, { fetchPolicy: 'store-and-network' });
        }),
      pause,
    );
    return () => clearTimeout(timer);
  }, [search, shown, refetch]);

  const users = data.users.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-label={t`Users`} aria-busy={isSearching} className="pt-6">
      <search className="relative block">
        <Search
          size={16}
          strokeWidth={1.75}
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 start-3 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          aria-label={t`Search users`}
          placeholder={t`Search by name`}
          autoComplete="off"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-10 w-full rounded-lg bg-sunken ps-9.5 pe-3 text-base outline-offset-0 placeholder:text-muted md:text-[0.9375rem]"
        />
      </search>
      {users.length === 0 ? (
        <p className="py-8 text-muted">
          <Trans>No user matches this search.</Trans>
        </p>
      ) : (
        <ul aria-label={t`All users`} className="mt-4 divide-y divide-line border-y border-line">
          {users.map((user) => (
            <UserRow key={user.id} user={user} isViewer={user.id === data.viewer?.id} />
          ))}
        </ul>
      )}
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </section>
  );
};
