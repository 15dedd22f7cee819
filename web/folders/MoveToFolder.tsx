import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Select } from '../ui/Select.tsx';
import type { MoveToFolderQuery } from './__generated__/MoveToFolderQuery.graphql.ts';
import { useCreateFolder } from './useCreateFolder.ts';
import { useMoveToFolder } from './useMoveToFolder.ts';

export interface MoveToFolderProps {
  readonly open: boolean;
  /** The ids of the conversations to move. */
  readonly ids: readonly string[];
  /** The id of the folder that they are in; null: none. */
  readonly current: string | null;
  readonly onMoved?: () => void;
  readonly onClose: () => void;
}

/** Asks for the folder that conversations are moved to, which may be a new one or none. */
export const MoveToFolder = ({ open, onClose, ...props }: MoveToFolderProps) => (
  <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title={t`Move to folder`}>
    <LoadBoundary>{(fetchKey) => <MoveForm onClose={onClose} fetchKey={fetchKey} {...props} />}</LoadBoundary>
  </Modal>
);

/** The values of the options that are no folder. Ids are never empty, and never have an ellipsis. */
const none = '';
const another = '…';

interface MoveFormProps extends Omit<MoveToFolderProps, 'open'> {
  /** A new number fetches the folders again after an error. */
  readonly fetchKey: number;
}

const MoveForm = ({ ids, current, fetchKey, onMoved, onClose }: MoveFormProps) => {
  const { folders } = useLazyLoadQuery<MoveToFolderQuery>(
    graphql`
      query MoveToFolderQuery {
        folders(first: 100) {
          edges {
            node {
              id
              name
            }
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey },
  );
  const all = folders.edges.map(({ node }) => node).toSorted((a, b) => a.name.localeCompare(b.name));
  const [chosen, setChosen] = useState(current ?? all[0]?.id ?? another);
  const { create, isBusy, problem } = useCreateFolder();
  const move = useMoveToFolder();
  const moveInto = (folder: { readonly id: string; readonly name: string } | null) => {
    void move(ids, folder);
    onClose();
    onMoved?.();
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (chosen === another)
      create({ name, systemPrompt: null }, (id, created) => moveInto({ id, name: created }));
    else if (chosen === none) moveInto(null);
    else {
      const folder = all.find(({ id }) => id === chosen);
      if (folder) moveInto(folder);
    }
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <Select label={t`Folder`} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
        {all.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        <option value={none}>
          <Trans>No folder</Trans>
        </option>
        <option value={another}>
          <Trans>New folder…</Trans>
        </option>
      </Select>
      {chosen === another && (
        <Field
          label={t`Name of the new folder`}
          name="name"
          maxLength={100}
          pattern=".*\S.*"
          autoComplete="off"
          required
        />
      )}
      {problem && <Problem>{problem}</Problem>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" tone="accent" busy={isBusy}>
          <Trans>Move</Trans>
        </Button>
      </div>
    </form>
  );
};
