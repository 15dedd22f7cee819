import { t } from '@lingui/core/macro';
import { Plural } from '@lingui/react/macro';
import { Archive, ArchiveRestore, FolderInput, Tag, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { dialogOnDemand } from '../../ui/dialogOnDemand.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { usePendingDeletions } from './pendingDeletions.tsx';
import { useArchiveAll } from './useArchiveAll.ts';

const MoveToFolder = dialogOnDemand(
  async () => (await import('../../folders/MoveToFolder.tsx')).MoveToFolder,
);

const TagSelected = dialogOnDemand(async () => (await import('../../tags/TagSelected.tsx')).TagSelected);

export interface SelectionBarProps {
  readonly ids: ReadonlySet<string>;
  /** The ids of all conversations that the list has fetched. */
  readonly all: readonly string[];
  /** Whether the archive is shown. */
  readonly archived: boolean;
  readonly onSelect: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}

/** The actions on the selected conversations. */
export const SelectionBar = ({ ids, all, archived, onSelect, onClose }: SelectionBarProps) => {
  const { deleteLater } = usePendingDeletions();
  const archiveAll = useArchiveAll();
  const [isArchiving, setArchiving] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const [isTagging, setTagging] = useState(false);
  const count = ids.size;
  const isNone = count === 0;
  const isAll = all.length > 0 && all.every((id) => ids.has(id));
  const archive = async () => {
    setArchiving(true);
    await archiveAll([...ids], !archived);
    onClose();
  };
  return (
    <div
      role="toolbar"
      aria-label={t`Selected conversations`}
      className="flex flex-wrap items-center gap-0.5 px-2.5 pb-2"
    >
      <label className="flex h-9 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-2.5 pointer-coarse:h-11">
        <input
          type="checkbox"
          aria-label={t`Select all listed conversations`}
          checked={isAll}
          ref={(field) => {
            if (field) field.indeterminate = !isAll && !isNone;
          }}
          onChange={() => onSelect(isAll ? [] : all)}
          className="size-4 accent-accent"
        />
        <span role="status" className="truncate text-sm">
          <Plural value={count} one="# selected" other="# selected" />
        </span>
      </label>
      <IconButton icon={X} label={t`End selection`} onClick={onClose} />
      <span className="basis-full" />
      <IconButton
        icon={archived ? ArchiveRestore : Archive}
        label={archived ? t`Unarchive selected` : t`Archive selected`}
        disabled={isNone || isArchiving}
        onClick={() => void archive()}
      />
      <IconButton
        icon={FolderInput}
        label={t`Move selected to a folder`}
        disabled={isNone || isArchiving}
        onClick={() => setMoving(true)}
      />
      <MoveToFolder
        open={isMoving}
        ids={[...ids]}
        current={null}
        onMoved={onClose}
        onClose={() => setMoving(false)}
      />
      <IconButton
        icon={Tag}
        label={t`Tag selected`}
        disabled={isNone || isArchiving}
        onClick={() => setTagging(true)}
      />
      <TagSelected open={isTagging} ids={[...ids]} onDone={onClose} onClose={() => setTagging(false)} />
      <IconButton
        icon={Trash2}
        label={t`Delete selected`}
        disabled={isNone || isArchiving}
        onClick={() => {
          deleteLater([...ids]);
          onClose();
        }}
      />
    </div>
  );
};
