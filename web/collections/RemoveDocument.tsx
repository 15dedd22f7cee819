import { t } from '@lingui/core/macro';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { graphql } from 'react-relay';
import { useCommit } from '../relay/useCommit.ts';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { RemoveDocumentMutation } from './__generated__/RemoveDocumentMutation.graphql.ts';

const Confirm = dialogOnDemand(async () => (await import('../ui/Confirm.tsx')).Confirm);

export interface RemoveDocumentProps {
  readonly collectionId: string;
  readonly connection: string;
  readonly id: string;
  readonly name: string;
}

/** Removes a document from a collection, after a confirmation. */
export const RemoveDocument = ({ collectionId, connection, id, name }: RemoveDocumentProps) => {
  const [isAsking, setAsking] = useState(false);
  const [commit, isRemoving] = useCommit<RemoveDocumentMutation>(graphql`
    mutation RemoveDocumentMutation($input: RemoveDocumentsInput!, $lists: [ID!]!) {
      removeDocuments(input: $input) {
        removedDocumentIds @deleteEdge(connections: $lists)
        collection {
          id
          ...CollectionIndexing_collection
        }
      }
    }
  `);
  return (
    <>
      <IconButton
        icon={Trash2}
        compact
        label={t`Remove ${name}`}
        aria-disabled={isRemoving || undefined}
        onClick={() => setAsking(true)}
      />
      <Confirm
        open={isAsking}
        title={t`Remove “${name}”?`}
        description={t`The document is permanently deleted, unless it was also sent in a message.`}
        action={t`Remove`}
        onConfirm={() => commit({ input: { collectionId, attachments: [id] }, lists: [connection] })}
        onClose={() => setAsking(false)}
      />
    </>
  );
};
