import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Archive,
  ArchiveRestore,
  Download,
  Ellipsis,
  FolderInput,
  Pencil,
  Pin,
  PinOff,
  Share2,
  Tags,
  Trash2,
} from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useCommands } from '../palette/commands.tsx';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { ConversationMenu_conversation$key } from './__generated__/ConversationMenu_conversation.graphql.ts';
import { useDeleteConversation } from './useDeleteConversation.ts';
import { useUpdateConversation } from './useUpdateConversation.ts';

const ExportDialog = dialogOnDemand(async () => (await import('../export/ExportDialog.tsx')).ExportDialog);
const MoveToFolder = dialogOnDemand(async () => (await import('../folders/MoveToFolder.tsx')).MoveToFolder);
const RenameConversation = dialogOnDemand(
  async () => (await import('./RenameConversation.tsx')).RenameConversation,
);
const ShareDialog = dialogOnDemand(async () => (await import('../shares/ShareDialog.tsx')).ShareDialog);
const TagsDialog = dialogOnDemand(async () => (await import('../tags/TagsDialog.tsx')).TagsDialog);

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
        temporary
        tags
        viewerCanUpdate
        viewerCanDelete
        folder {
          id
        }
        ...useUpdateConversation_conversation
      }
    `,
    key,
  );
  const update = useUpdateConversation(conversation);
  const notify = useNotify();
  const deleteConversation = useDeleteConversation(conversation.id);
  const [isRenaming, setRenaming] = useState(false);
  const [isSharing, setSharing] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const [isTagging, setTagging] = useState(false);
  const { pinned, archived, temporary, viewerCanDelete } = conversation;
  // A temporary conversation is in no list, so there is nothing to sort it into. It can be kept instead.
  const viewerCanUpdate = conversation.viewerCanUpdate && !temporary;
  const { title } = conversation;
  const archive = () => {
    update({ archived: !archived });
    notify({
      text: archived ? t`Moved back to the conversations.` : t`Moved to the archive.`,
      action: { label: t`Undo`, run: () => update({ archived }) },
    });
  };
  useCommands([
    ...(isOpen && viewerCanUpdate
      ? [
          {
            name: t`Rename this conversation`,
            icon: Pencil,
            words: t({ context: 'search words', message: 'title' }),
            run: () => setRenaming(true),
          },
          {
            name: t`Share this conversation`,
            icon: Share2,
            words: t({ context: 'search words', message: 'link publish' }),
            run: () => setSharing(true),
          },
          {
            name: pinned ? t`Unpin this conversation` : t`Pin this conversation`,
            icon: pinned ? PinOff : Pin,
            run: () => update({ pinned: !pinned }),
          },
          {
            name: t`Move this conversation to a folder`,
            icon: FolderInput,
            words: t({ context: 'search words', message: 'project file' }),
            run: () => setMoving(true),
          },
          {
            name: t`Edit the tags of this conversation`,
            icon: Tags,
            words: t({ context: 'search words', message: 'label add remove' }),
            run: () => setTagging(true),
          },
          {
            name: archived ? t`Unarchive this conversation` : t`Archive this conversation`,
            icon: archived ? ArchiveRestore : Archive,
            run: archive,
          },
        ]
      : []),
    ...(isOpen && !temporary
      ? [
          {
            name: t`Export this conversation`,
            icon: Download,
            words: t({ context: 'search words', message: 'markdown json pdf print save' }),
            run: () => setExporting(true),
          },
        ]
      : []),
    ...(isOpen && viewerCanDelete
      ? [
          {
            name: t`Delete this conversation`,
            icon: Trash2,
            words: t({ context: 'search words', message: 'remove' }),
            run: () => void deleteConversation(),
          },
        ]
      : []),
  ]);
  return (
    <>
      <Menu
        trigger={<IconButton icon={Ellipsis} label={t`Options for ${title}`} className={className} compact />}
      >
        {viewerCanUpdate && (
          <>
            <MenuItem icon={Pencil} onSelect={() => setRenaming(true)}>
              <Trans>Rename</Trans>
            </MenuItem>
            <MenuItem icon={pinned ? PinOff : Pin} onSelect={() => update({ pinned: !pinned })}>
              {pinned ? t`Unpin` : t`Pin`}
            </MenuItem>
            <MenuItem icon={FolderInput} onSelect={() => setMoving(true)}>
              <Trans>Move to folder</Trans>
            </MenuItem>
            <MenuItem icon={Tags} onSelect={() => setTagging(true)}>
              <Trans>Tags</Trans>
            </MenuItem>
            <MenuItem icon={Share2} onSelect={() => setSharing(true)}>
              <Trans>Share</Trans>
            </MenuItem>
            <MenuItem icon={archived ? ArchiveRestore : Archive} onSelect={archive}>
              {archived ? t`Unarchive` : t`Archive`}
            </MenuItem>
          </>
        )}
        {!temporary && (
          <MenuItem icon={Download} onSelect={() => setExporting(true)}>
            <Trans>Export</Trans>
          </MenuItem>
        )}
        {viewerCanDelete && (
          <MenuItem icon={Trash2} tone="danger" onSelect={() => void deleteConversation()}>
            <Trans>Delete</Trans>
          </MenuItem>
        )}
      </Menu>
      <MoveToFolder
        open={isMoving}
        ids={[conversation.id]}
        current={conversation.folder?.id ?? null}
        onClose={() => setMoving(false)}
      />
      <TagsDialog
        open={isTagging}
        tags={conversation.tags}
        onChange={(tags) => update({ tags })}
        onClose={() => setTagging(false)}
      />
      <ExportDialog open={isExporting} conversationId={conversation.id} onClose={() => setExporting(false)} />
      <ShareDialog open={isSharing} conversationId={conversation.id} onClose={() => setSharing(false)} />
      <RenameConversation
        open={isRenaming}
        title={title}
        onRename={(renamed) => update({ title: renamed })}
        onClose={() => setRenaming(false)}
      />
    </>
  );
};
