import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { ChevronRight, Ellipsis, Folder, FolderOpen, Pencil, SquarePen, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useNavigate } from 'react-router';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import type { FolderGroup_folder$key } from './__generated__/FolderGroup_folder.graphql.ts';
import { FolderConversations } from './FolderConversations.tsx';
import { useDeleteFolder } from './useDeleteFolder.ts';
import { useUpdateFolder } from './useUpdateFolder.ts';

const Confirm = dialogOnDemand(async () => (await import('../ui/Confirm.tsx')).Confirm);
const FolderDialog = dialogOnDemand(async () => (await import('./FolderDialog.tsx')).FolderDialog);

export interface FolderGroupProps {
  readonly folder: FolderGroup_folder$key;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** A folder of the sidebar. The arrow keys open and close it, as in a tree. */
export const FolderGroup = ({ folder: key, isOpen, onOpenChange }: FolderGroupProps) => {
  const folder = useFragment(
    graphql`
      fragment FolderGroup_folder on Folder {
        id
        name
        systemPrompt
        viewerCanUpdate
        viewerCanDelete
      }
    `,
    key,
  );
  const { id, name, systemPrompt, viewerCanUpdate, viewerCanDelete } = folder;
  const contents = useId();
  const navigate = useNavigate();
  const [isEditing, setEditing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const { update, isBusy, problem } = useUpdateFolder(id);
  const deleteFolder = useDeleteFolder(id);
  const onArrowKey = (event: KeyboardEvent) => {
    // The arrow shows to the end of the line, which is on the left in a language written from right to left.
    const isMirrored = document.documentElement.dir === 'rtl';
    const opens = event.key === (isMirrored ? 'ArrowLeft' : 'ArrowRight');
    const closes = event.key === (isMirrored ? 'ArrowRight' : 'ArrowLeft');
    if ((opens || closes) && opens !== isOpen) {
      event.preventDefault();
      onOpenChange(opens);
    }
  };
  const Icon = isOpen ? FolderOpen : Folder;
  return (
    <li>
      <div className="group relative h-9 pointer-coarse:h-11">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? contents : undefined}
          title={name}
          onClick={() => onOpenChange(!isOpen)}
          onKeyDown={onArrowKey}
          className="flex h-full w-full items-center gap-2 rounded-lg ps-1.5 pe-9 text-start outline-offset-[-2px] group-hover:bg-hover pointer-coarse:pe-11"
        >
          <ChevronRight
            size={14}
            aria-hidden="true"
            className={`shrink-0 text-muted transition-transform ${isOpen ? 'rotate-90' : 'rtl:rotate-180'}`}
          />
          <Icon size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
          <span dir="auto" className="truncate">
            {name}
          </span>
        </button>
        {(viewerCanUpdate || viewerCanDelete) && (
          <Menu
            trigger={
              <IconButton
                icon={Ellipsis}
                label={t`Options for the folder ${name}`}
                compact
                className="absolute end-0.5 top-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:top-0 pointer-coarse:opacity-60"
              />
            }
          >
            {viewerCanUpdate && (
              <>
                <MenuItem
                  icon={SquarePen}
                  onSelect={() => void navigate(`/?folder=${encodeURIComponent(id)}`)}
                >
                  <Trans>New chat here</Trans>
                </MenuItem>
                <MenuItem icon={Pencil} onSelect={() => setEditing(true)}>
                  <Trans>Edit</Trans>
                </MenuItem>
              </>
            )}
            {viewerCanDelete && (
              <MenuItem icon={Trash2} tone="danger" onSelect={() => setDeleting(true)}>
                <Trans>Delete</Trans>
              </MenuItem>
            )}
          </Menu>
        )}
      </div>
      {isOpen && (
        <div id={contents} className="ps-4 pb-1">
          <LoadBoundary loadingClass="px-2.5 py-1.5 text-sm text-muted">
            {(fetchKey) => <FolderConversations folderId={id} fetchKey={fetchKey} />}
          </LoadBoundary>
        </div>
      )}
      <FolderDialog
        open={isEditing}
        title={t`Edit folder`}
        action={t`Save`}
        folderId={id}
        name={name}
        systemPrompt={systemPrompt ?? null}
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) => update(fields, () => setEditing(false))}
        onClose={() => setEditing(false)}
      />
      <Confirm
        open={isDeleting}
        title={t`Delete the folder “${name}”?`}
        description={t`Its conversations stay: they are listed in no folder.`}
        action={t`Delete`}
        onConfirm={() => {
          setDeleting(false);
          deleteFolder();
        }}
        onClose={() => setDeleting(false)}
      />
    </li>
  );
};
