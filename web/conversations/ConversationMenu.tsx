import { Archive, ArchiveRestore, Ellipsis, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useCommands } from '../palette/commands.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { ConversationMenu_conversation$key } from './__generated__/ConversationMenu_conversation.graphql.ts';
import { RenameConversation } from './RenameConversation.tsx';
import { useDeleteConversation } from './useDeleteConversation.ts';
import { useUpdateConversation } from './useUpdateConversation.ts';

export interface ConversationMenuProps {
  readonly conversation: ConversationMenu_conversation$key;
  readonly className?: string;
  /** Whether it is the open conversation, whose actions are in the command palette too. */
  readonly isOpen?: boolean;
}

export const ConversationMenu = ({ conversation: key, className, isOpen = false }: ConversationMenuProps) => {
  const conversation = useFragment(
    graphql`
      fragment ConversationMenu_conversation on Conversation {
        id
        title
        pinned
        archived
        viewerCanUpdate
        viewerCanDelete
        ...useUpdateConversation_conversation
      }
    `,
    key,
  );
  const update = useUpdateConversation(conversation);
  const notify = useNotify();
  const deleteConversation = useDeleteConversation(conversation.id);
  const [isRenaming, setRenaming] = useState(false);
  const { pinned, archived, viewerCanUpdate, viewerCanDelete } = conversation;
  const archive = () => {
    update({ archived: !archived });
    notify({
      text: archived ? 'Moved back to the conversations.' : 'Moved to the archive.',
      action: { label: 'Undo', run: () => update({ archived }) },
    });
  };
  useCommands([
    ...(isOpen && viewerCanUpdate
      ? [
          { name: 'Rename this conversation', icon: Pencil, words: 'title', run: () => setRenaming(true) },
          {
            name: pinned ? 'Unpin this conversation' : 'Pin this conversation',
            icon: pinned ? PinOff : Pin,
            run: () => update({ pinned: !pinned }),
          },
          {
            name: archived ? 'Unarchive this conversation' : 'Archive this conversation',
            icon: archived ? ArchiveRestore : Archive,
            run: archive,
          },
        ]
      : []),
    ...(isOpen && viewerCanDelete
      ? [
          {
            name: 'Delete this conversation',
            icon: Trash2,
            words: 'remove',
            run: () => void deleteConversation(),
          },
        ]
      : []),
  ]);
  if (!viewerCanUpdate && !viewerCanDelete) return null;
  return (
    <>
      <Menu
        trigger={
          <IconButton
            icon={Ellipsis}
            label={`Options for ${conversation.title}`}
            className={className}
            compact
          />
        }
      >
        {viewerCanUpdate && (
          <>
            <MenuItem icon={Pencil} onSelect={() => setRenaming(true)}>
              Rename
            </MenuItem>
            <MenuItem icon={pinned ? PinOff : Pin} onSelect={() => update({ pinned: !pinned })}>
              {pinned ? 'Unpin' : 'Pin'}
            </MenuItem>
            <MenuItem icon={archived ? ArchiveRestore : Archive} onSelect={archive}>
              {archived ? 'Unarchive' : 'Archive'}
            </MenuItem>
          </>
        )}
        {viewerCanDelete && (
          <MenuItem icon={Trash2} tone="danger" onSelect={() => void deleteConversation()}>
            Delete
          </MenuItem>
        )}
      </Menu>
      <RenameConversation
        open={isRenaming}
        title={conversation.title}
        onRename={(title) => update({ title })}
        onClose={() => setRenaming(false)}
      />
    </>
  );
};
