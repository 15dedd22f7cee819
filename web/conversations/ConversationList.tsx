import { Archive } from 'lucide-react';
import { useEffect, useId, useState, useTransition } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import type { ConversationList_query$key } from './__generated__/ConversationList_query.graphql.ts';
import { ConversationRows } from './ConversationRows.tsx';
import { ConversationSearch } from './ConversationSearch.tsx';

const page = 40;
/** The debounce of typing, in ms. */
const pause = 180;

export const ConversationList = ({ query }: { query: ConversationList_query$key }) => {
  // The arguments must fit in 80 characters: Relay's compiler and its Babel plugin print a longer line
  // differently, and the development build then warns of a stale artifact.
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment(
    graphql`
      fragment ConversationList_query on Query
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 40 }
        after: { type: "String" }
        words: { type: "String" }
        archived: { type: "Boolean", defaultValue: false }
      )
      @refetchable(queryName: "ConversationListPaginationQuery") {
        conversations(first: $first, after: $after, search: $words, archived: $archived)
          @connection(key: "ConversationList_conversations", filters: ["search", "archived"]) {
          edges {
            node {
              id
              archived
              ...ConversationRows_conversations
            }
          }
        }
      }
    `,
    query,
  );
  const heading = useId();
  const [search, setSearch] = useState('');
  const [archived, setArchived] = useState(false);
  const [shown, setShown] = useState({ search: '', archived: false });
  const [isSearching, startSearch] = useTransition();
  useEffect(() => {
    const words = search.trim();
    if (words === shown.search && archived === shown.archived) return;
    const timer = setTimeout(
      () =>
        startSearch(() => {
          setShown({ search: words, archived });
          refetch({ first: page, words: words || null, archived }, { fetchPolicy: 'store-and-network' });
        }),
      words === shown.search ? 0 : pause,
    );
    return () => clearTimeout(timer);
  }, [search, archived, shown, refetch]);

  const conversations = data.conversations.edges
    .map(({ node }) => node)
    // A conversation that was just archived or deleted is still in the page that was fetched before.
    .filter((node) => node && node.archived === shown.archived);
  return (
    <nav aria-labelledby={heading} className="flex min-h-0 flex-1 flex-col" aria-busy={isSearching}>
      <h2 id={heading} className="sr-only">
        Conversations
      </h2>
      <div className="flex items-center gap-0.5 px-2.5 pb-2">
        <ConversationSearch value={search} onChange={setSearch} />
        <IconButton
          icon={Archive}
          label={archived ? 'Show current conversations' : 'Show archived conversations'}
          aria-pressed={archived}
          onClick={() => setArchived(!archived)}
        />
      </div>
      <ConversationRows
        conversations={conversations}
        empty={
          shown.search
            ? 'No conversation has these words.'
            : shown.archived
              ? 'No archived conversations.'
              : 'Your conversations will be listed here.'
        }
        onNearEnd={() => {
          if (hasNext && !isLoadingNext) loadNext(page);
        }}
      />
    </nav>
  );
};
