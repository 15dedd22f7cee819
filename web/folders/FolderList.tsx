import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { FolderPlus } from 'lucide-react';
import { useId, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useCommands } from '../palette/commands.tsx';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { FolderList_query$key } from './__generated__/FolderList_query.graphql.ts';
import { FolderGroup } from './FolderGroup.tsx';
import { useCreateFolder } from './useCreateFolder.ts';
import { useOpenFolders } from './useOpenFolders.ts';

const FolderDialog = dialogOnDemand(async () => (await import('./FolderDialog.tsx')).FolderDialog);

export interface FolderListProps {
  readonly query: FolderList_query$key;
  /** Whether conversations are being selected. */
  readonly isSelecting: boolean;
}

/** The folders of the sidebar, each with its conversations below it while it is open. */
export const FolderList = ({ query: key, isSelecting }: FolderListProps) => {
  const query = useFragment(
    graphql`
      fragment FolderList_query on Query {
        viewer {
          viewerCanGenerate
        }
        folders(first: 100) @connection(key: "FolderList_folders") {
          edges {
            node {
              id
              name
              ...FolderGroup_folder
            }
          }
        }
      }
    `,
    key,
  );
  const heading = useId();
  const [isCreating, setCreating] = useState(false);
  const { create, isBusy, problem } = useCreateFolder();
  const { isOpen, setOpen } = useOpenFolders();
  const folders = query.folders.edges
    .map(({ node }) => node)
    .filter((node) => node)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const mayCreate = query.viewer?.viewerCanGenerate === true;
  useCommands(
    mayCreate
      ? [
          {
            name: t`New folder`,
            icon: FolderPlus,
            words: t({ context: 'search words', message: 'project create' }),
            run: () => setCreating(true),
          },
        ]
      : [],
  );
  if (!mayCreate && folders.length === 0) return null;
  return (
    <section aria-labelledby={heading}>
      <div className="flex h-9 items-center ps-2.5 pointer-coarse:h-11">
        <h3 id={heading} className="flex-1 text-xs font-medium text-muted">
          <Trans>Folders</Trans>
        </h3>
        {mayCreate && !isSelecting && (
          <IconButton icon={FolderPlus} label={t`New folder`} compact onClick={() => setCreating(true)} />
        )}
      </div>
      {folders.length > 0 && (
        <ul>
          {folders.map((folder) => (
            <FolderGroup
              key={folder.id}
              folder={folder}
              isOpen={isOpen(folder.id)}
              onOpenChange={(open) => setOpen(folder.id, open)}
            />
          ))}
        </ul>
      )}
      <FolderDialog
        open={isCreating}
        title={t`New folder`}
        action={t`Create`}
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) =>
          create(fields, (id) => {
            setOpen(id, true);
            setCreating(false);
          })
        }
        onClose={() => setCreating(false)}
      />
    </section>
  );
};
