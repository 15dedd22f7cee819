import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Archive, ListChecks, MessageSquareText } from 'lucide-react';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useTransition,
} from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { FolderList } from '../folders/FolderList.tsx';
import { ShownTag } from '../tags/ShownTag.tsx';
import { TagFilterMenu } from '../tags/TagFilterMenu.tsx';
import { useTagFilter } from '../tags/tagFilter.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { isOfInputMethod } from '../ui/inputMethod.ts';
import type { ConversationList_query$key } from './__generated__/ConversationList_query.graphql.ts';
import { ConversationRows } from './ConversationRows.tsx';
import { ConversationSearch } from './ConversationSearch.tsx';
import { usePendingDeletions } from './selection/pendingDeletions.tsx';
import { SelectionBar } from './selection/SelectionBar.tsx';
import { SelectionProvider } from './selection/selection.tsx';

const page = 40;
/** The debounce of typing, in ms. */
const pause = 180;

/** Moves the focus through the search field and the conversations with the arrow keys. Enter opens the first one. */
const onArrowKey = (event: KeyboardEvent<HTMLElement>) => {
  const { key, target, currentTarget } = event;
  // Not the fields of a form in the list, such as that of a title.
  const isField = target instanceof HTMLInputElement && target.type === 'search';
  const isLink =
    target instanceof HTMLAnchorElement ||
    (target instanceof HTMLButtonElement && target.matches('[aria-expanded]:not([aria-haspopup])'));
  if (!(isField || isLink) || isOfInputMethod(event.nativeEvent)) return;
  const links = [
    ...currentTarget.querySelectorAll<HTMLElement>('li a, li button[aria-expanded]:not([aria-haspopup])'),
  ];
  if (key === 'Enter' && isField && target.value !== '') links.find((link) => link.matches('a'))?.click();
  else if (key === 'ArrowDown') links[isLink ? links.indexOf(target) + 1 : 0]?.focus();
  else if (key === 'ArrowUp' && isLink) {
    const above =
      links[links.indexOf(target) - 1] ?? currentTarget.querySelector<HTMLElement>('input[type=search]');
    above?.focus();
  } else return;
  event.preventDefault();
};

/** What the list shows. */
interface Shown {
  readonly search: string;
  readonly archived: boolean;
  readonly tag: string | null;
}

export interface ConversationListProps {
  readonly query: ConversationList_query$key;
  readonly onSearchMessages: (words: string) => void;
}

export const ConversationList = ({ query, onSearchMessages }: ConversationListProps) => {
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
        unfiled: { type: "Boolean", defaultValue: true }
        tag: { type: "String" }
      )
      @refetchable(queryName: "ConversationListPaginationQuery") {
        conversations(
          first: $first
          after: $after
          search: $words
          archived: $archived
          unfiled: $unfiled
          tag: $tag
        )
          @connection(
            key: "ConversationList_conversations"
            filters: ["search", "archived", "unfiled", "tag"]
          ) {
          edges {
            node {
              id
              archived
              temporary
              tags
              folder {
                id
              }
              ...ConversationRows_conversations
            }
          }
        }
        ...FolderList_query
      }
    `,
    query,
  );
  const heading = useId();
  const [search, setSearch] = useState('');
  const [archived, setArchived] = useState(false);
  const { tag, show } = useTagFilter();
  const [shown, setShown] = useState<Shown>({ search: '', archived: false, tag: null });
  const [isSearching, startSearch] = useTransition();
  useEffect(() => {
    const words = search.trim();
    if (words === shown.search && archived === shown.archived && tag === shown.tag) return;
    const timer = setTimeout(
      () =>
        startSearch(() => {
          setShown({ search: words, archived, tag });
          const unfiled = words === '' && !archived && tag === null;
          refetch(
            { first: page, words: words || null, archived, unfiled, tag },
            { fetchPolicy: 'store-and-network' },
          );
        }),
      words === shown.search ? 0 : pause,
    );
    return () => clearTimeout(timer);
  }, [search, archived, tag, shown, refetch]);

  /** Whether the list has neither the archive nor a filter: then folders are shown, and only what is in none of them. */
  const isPlain = shown.search === '' && !shown.archived && shown.tag === null;
  const searched = shown.search;
  const { hidden } = usePendingDeletions();
  const conversations = data.conversations.edges
    .map(({ node }) => node)
    // A conversation that was just archived, moved or deleted is still in the page that was fetched before.
    .filter((node) => node && node.archived === shown.archived && !node.temporary && !hidden.has(node.id))
    .filter(({ folder }) => !isPlain || !folder)
    .filter(({ tags }) => shown.tag === null || tags.includes(shown.tag));
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const toggle = useCallback(
    (id: string) =>
      setSelected((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
    [],
  );
  const selection = useMemo(() => ({ ids: selected, toggle }), [selected, toggle]);
  const list = useRef<HTMLElement>(null);
  const endSelection = () => {
    setSelected(null);
    list.current?.querySelector('input')?.focus();
  };
  return (
    <nav
      aria-labelledby={heading}
      ref={list}
      onKeyDown={(event) => {
        // React also passes on the keys of dialogs that are opened from here, which are elsewhere on the page.
        if (!event.currentTarget.contains(event.target as Node)) return;
        if (event.key === 'Escape' && selected && !event.defaultPrevented) {
          event.preventDefault();
          endSelection();
        } else if (event.key === 'Escape' && tag !== null && !event.defaultPrevented) {
          event.preventDefault();
          show(null);
          list.current?.querySelector('input')?.focus();
        } else onArrowKey(event);
      }}
      className="flex min-h-0 flex-1 flex-col"
      aria-busy={isSearching}
    >
      <h2 id={heading} className={archived ? 'px-5 pb-2 text-lg font-semibold tracking-tight' : 'sr-only'}>
        {archived ? t({ context: 'noun', message: 'Archive' }) : t`Conversations`}
      </h2>
      <div className="flex items-center gap-0.5 px-2.5 pb-2">
        <ConversationSearch value={search} onChange={setSearch} />
        <TagFilterMenu />
        <IconButton
          icon={Archive}
          label={archived ? t`Leave the archive` : t`Show archived conversations`}
          aria-pressed={archived}
          onClick={() => {
            setSelected(null);
            setArchived(!archived);
          }}
        />
        <IconButton
          icon={ListChecks}
          label={t`Select conversations`}
          aria-pressed={selected !== null}
          onClick={() => (selected ? endSelection() : setSelected(new Set()))}
        />
      </div>
      <ShownTag onEnd={() => list.current?.querySelector('input')?.focus()} />
      {selected && (
        <SelectionBar
          ids={selected}
          all={conversations.map(({ id }) => id)}
          archived={shown.archived}
          onSelect={(ids) => setSelected(new Set(ids))}
          onClose={endSelection}
        />
      )}
      <SelectionProvider value={selection}>
        <ConversationRows
          conversations={conversations}
          top={isPlain && <FolderList query={data} isSelecting={selected !== null} />}
          empty={
            shown.search
              ? t`No conversation has these words.`
              : shown.tag !== null
                ? t`No conversation has this tag.`
                : shown.archived
                  ? t`No archived conversations.`
                  : t`Your conversations will be listed here.`
          }
          onNearEnd={() => {
            if (hasNext && !isLoadingNext) loadNext(page);
          }}
        />
      </SelectionProvider>
      {shown.search && (
        <button
          type="button"
          onClick={() => onSearchMessages(shown.search)}
          className="mx-2.5 mb-2 flex h-9 shrink-0 items-center gap-2 rounded-lg px-2.5 text-start text-sm text-accent hover:bg-hover pointer-coarse:h-11"
        >
          <MessageSquareText size={15} aria-hidden="true" className="shrink-0" />
          <span className="truncate">
            <Trans>
              Show messages with “<bdi>{searched}</bdi>”
            </Trans>
          </span>
        </button>
      )}
    </nav>
  );
};
