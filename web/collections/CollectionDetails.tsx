import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import type { CollectionDetails_collection$key } from './__generated__/CollectionDetails_collection.graphql.ts';
import { CollectionIndexing } from './CollectionIndexing.tsx';
import { DocumentList } from './DocumentList.tsx';
import { useDeleteCollection } from './useDeleteCollection.ts';
import { useSharing } from './useSharing.ts';
import { useUpdateCollection } from './useUpdateCollection.ts';

const Confirm = dialogOnDemand(async () => (await import('../ui/Confirm.tsx')).Confirm);
const CollectionDialog = dialogOnDemand(
  async () => (await import('./CollectionDialog.tsx')).CollectionDialog,
);

/** What a collection is for, its documents, and what the viewer may do with it. */
export const CollectionDetails = ({ collection: key }: { collection: CollectionDetails_collection$key }) => {
  const collection = useFragment(
    graphql`
      fragment CollectionDetails_collection on Collection {
        id
        name
        description
        sharedWithEveryone
        viewerCanUpdate
        viewerCanDelete
        viewerCanShare
        viewerCanWithdraw
        ...CollectionIndexing_collection
        ...DocumentList_collection
      }
    `,
    key,
  );
  const { id, name, description, sharedWithEveryone } = collection;
  const { viewerCanUpdate, viewerCanDelete, viewerCanShare, viewerCanWithdraw } = collection;
  const [asking, setAsking] = useState<'edit' | 'share' | 'withdraw' | 'delete' | null>(null);
  const close = () => setAsking(null);
  const { update, isBusy, problem } = useUpdateCollection(id);
  const { share, withdraw, isBusy: isChangingRights } = useSharing(id);
  const { deleteCollection, isDeleting } = useDeleteCollection(id);
  return (
    <>
      {sharedWithEveryone && (
        <p className="pb-2">
          <Badge tone="accent">
            <Trans>Shared with everyone</Trans>
          </Badge>
        </p>
      )}
      {description && (
        <p dir="auto" className="pb-4 text-muted whitespace-pre-wrap wrap-anywhere">
          {description}
        </p>
      )}
      <div className="flex flex-wrap gap-2 pb-2">
        {viewerCanUpdate && (
          <Button onClick={() => setAsking('edit')}>
            <Trans>Edit</Trans>
          </Button>
        )}
        {viewerCanShare && (
          <Button onClick={() => setAsking('share')} busy={isChangingRights}>
            <Trans>Share with everyone</Trans>
          </Button>
        )}
        {viewerCanWithdraw && (
          <Button onClick={() => setAsking('withdraw')} busy={isChangingRights}>
            <Trans>Stop sharing</Trans>
          </Button>
        )}
        {viewerCanDelete && (
          <Button onClick={() => setAsking('delete')} busy={isDeleting}>
            <Trans>Delete</Trans>
          </Button>
        )}
      </div>
      <CollectionIndexing collection={collection} />
      <DocumentList collection={collection} />
      <CollectionDialog
        open={asking === 'edit'}
        title={t`Edit collection`}
        action={t`Save`}
        name={name}
        description={description ?? null}
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) => update(fields, close)}
        onClose={close}
      />
      <Confirm
        open={asking === 'share'}
        title={t`Share “${name}” with everyone?`}
        description={t`Everyone with an account can read and download its documents, and search them in chats.`}
        action={t`Share with everyone`}
        onConfirm={share}
        onClose={close}
      />
      <Confirm
        open={asking === 'withdraw'}
        title={t`Stop sharing “${name}”?`}
        description={t`Chats of others search it no longer, and its sources in their answers don’t open any more. What answers quoted stays in them.`}
        action={t`Stop sharing`}
        onConfirm={withdraw}
        onClose={close}
      />
      <Confirm
        open={asking === 'delete'}
        title={t`Delete the collection “${name}”?`}
        description={t`Its documents are permanently deleted, except those that were also sent in a message.`}
        action={t`Delete`}
        onConfirm={deleteCollection}
        onClose={close}
      />
    </>
  );
};
