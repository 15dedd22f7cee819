import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { ChevronDown, MessageSquareText } from 'lucide-react';
import { graphql, usePaginationFragment } from 'react-relay';
import { useNavigate } from 'react-router';
import { messagePath } from '../conversations/chatPath.ts';
import { usePendingDeletions } from '../conversations/selection/pendingDeletions.tsx';
import type { PaletteMessages_query$key } from './__generated__/PaletteMessages_query.graphql.ts';
import { PaletteGroup, PaletteOption } from './PaletteOption.tsx';
import { Snippet } from './Snippet.tsx';

const page = 20;

export interface PaletteMessagesProps {
  readonly query: PaletteMessages_query$key;
  readonly words: string;
  /** Whether nothing else has the words. */
  readonly isAlone: boolean;
}

/** The messages that have the words, newest first. Choosing one opens its conversation there. */
export const PaletteMessages = ({ query, words, isAlone }: PaletteMessagesProps) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment PaletteMessages_query on Query
      @argumentDefinitions(
        words: { type: "String!" }
        first: { type: "Int", defaultValue: 10 }
        after: { type: "String" }
      )
      @refetchable(queryName: "PaletteMessagesPaginationQuery") {
        searchMessages(words: $words, first: $first, after: $after)
          @connection(key: "PaletteMessages_searchMessages") {
          edges {
            node {
              message {
                id
                role
                conversation {
                  id
                  title
                }
              }
              ...Snippet_hit
            }
          }
        }
      }
    `,
    query,
  );
  const navigate = useNavigate();
  const { hidden } = usePendingDeletions();
  const edges = data.searchMessages.edges.filter(({ node }) => !hidden.has(node.message.conversation.id));
  if (edges.length === 0 && !hasNext)
    return (
      isAlone && (
        <p className="px-3 py-6 text-center text-sm text-muted">
          <Trans>Nothing has these words.</Trans>
        </p>
      )
    );
  return (
    <PaletteGroup title={t`Messages`}>
      {edges.map(({ node }) => (
        <PaletteOption
          key={node.message.id}
          icon={MessageSquareText}
          onChoose={() => void navigate(messagePath(node.message.conversation.id, node.message.id, words))}
        >
          <span className="flex gap-2 text-sm">
            <span dir="auto" className="truncate font-medium">
              {node.message.conversation.title}
            </span>
            <span className="shrink-0 text-muted">{node.message.role === 'USER' ? t`You` : t`Answer`}</span>
          </span>
          <Snippet hit={node} />
        </PaletteOption>
      ))}
      {hasNext && (
        <PaletteOption icon={ChevronDown} stays onChoose={() => !isLoadingNext && loadNext(page)}>
          {isLoadingNext ? t`Loading…` : t`Show more messages`}
        </PaletteOption>
      )}
    </PaletteGroup>
  );
};
