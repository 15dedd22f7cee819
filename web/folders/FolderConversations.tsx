import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useLazyLoadQuery, usePaginationFragment } from 'react-relay';
import { ConversationRow } from '../conversations/ConversationRow.tsx';
import { inListOrder } from '../conversations/groups.ts';
import { usePendingDeletions } from '../conversations/selection/pendingDeletions.tsx';
import type { FolderConversations_folder$key } from './__generated__/FolderConversations_folder.graphql.ts';
import type { FolderConversationsQuery } from './__generated__/FolderConversationsQuery.graphql.ts';

const page = 20;

export interface FolderConversationsProps {
  readonly folderId: string;
  /** A new number fetches them again after an error. */
  readonly fetchKey: number;
}

/** The conversations of an open folder. Fetches them when it is opened: those in the store are shown at once. */
export const FolderConversations = ({ folderId, fetchKey }: FolderConversationsProps) => {
  const { node } = useLazyLoadQuery<FolderConversationsQuery>(
    graphql`
      query FolderConversationsQuery($id: ID!) {
        node(id: $id) {
          ...FolderConversations_folder @alias(as: "folder")
        }
      }
    `,
    { id: folderId },
    { fetchPolicy: 'store-and-network', fetchKey },
  );
  return node?.folder ? <Rows folder={node.folder} /> : null;
};

const Rows = ({ folder: key }: { folder: FolderConversations_folder$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment FolderConversations_folder on Folder
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 20 }
        after: { type: "String" }
      )
      @refetchable(queryName: "FolderConversationsPaginationQuery") {
        id
        conversations(first: $first, after: $after)
          @connection(key: "FolderConversations_conversations") {
          edges {
            node {
              id
              archived
              pinned
              updatedAt
              folder {
                id
              }
              ...ConversationRow_conversation
            }
          }
        }
      }
    `,
    key,
  );
  const { hidden } = usePendingDeletions();
  const conversations = data.conversations.edges
    .map(({ node }) => node)
    // A conversation that was just archived, moved or deleted is still in the page that was fetched before.
    .filter((node) => node && !node.archived && node.folder?.id === data.id && !hidden.has(node.id))
    .toSorted(inListOrder);
  if (conversations.length === 0 && !hasNext) {
    return (
      <p className="px-2.5 py-1.5 text-sm text-muted">
        <Trans>No conversations in this folder yet.</Trans>
      </p>
    );
  }
  return (
    <ul>
      {conversations.map((conversation) => (
        <li key={conversation.id} className="h-9 pointer-coarse:h-11">
          <ConversationRow conversation={conversation} />
        </li>
      ))}
      {hasNext && (
        <li>
          <button
            type="button"
            aria-disabled={isLoadingNext || undefined}
            onClick={() => !isLoadingNext && loadNext(page)}
            className="flex h-9 w-full items-center rounded-lg px-2.5 text-sm text-accent hover:bg-hover pointer-coarse:h-11"
          >
            {isLoadingNext ? t`Loading…` : t`Show more`}
          </button>
        </li>
      )}
    </ul>
  );
};
