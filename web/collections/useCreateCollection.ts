import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useCreateCollectionMutation } from './__generated__/useCreateCollectionMutation.graphql.ts';
import type { CollectionFields } from './CollectionDialog.tsx';

/** Creates a collection, and adds it to the list. */
export const useCreateCollection = (connection: string) => {
  const [commit, isBusy] = useMutation<useCreateCollectionMutation>(graphql`
    mutation useCreateCollectionMutation($input: CreateCollectionInput!, $lists: [ID!]!) {
      createCollection(input: $input) {
        collectionEdge @prependEdge(connections: $lists) {
          cursor
          node {
            id
            name
            description
            sharedWithEveryone
            documentCount
          }
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const create = useCallback(
    ({ name, description }: CollectionFields, onCreated: (id: string) => void) => {
      setProblem(null);
      commit({
        variables: { input: { name, description }, lists: [connection] },
        onCompleted: ({ createCollection }) => {
          if (createCollection) onCreated(createCollection.collectionEdge.node.id);
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, connection],
  );
  return { create, isBusy, problem };
};
