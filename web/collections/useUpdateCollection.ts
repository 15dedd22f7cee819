import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useUpdateCollectionMutation } from './__generated__/useUpdateCollectionMutation.graphql.ts';
import type { CollectionFields } from './CollectionDialog.tsx';

/** Changes the name and the description of a collection. */
export const useUpdateCollection = (id: string) => {
  const [commit, isBusy] = useMutation<useUpdateCollectionMutation>(graphql`
    mutation useUpdateCollectionMutation($input: UpdateCollectionInput!) {
      updateCollection(input: $input) {
        collection {
          id
          name
          description
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const update = useCallback(
    ({ name, description }: CollectionFields, onSaved: () => void) => {
      setProblem(null);
      commit({
        variables: { input: { id, name, description } },
        onCompleted: onSaved,
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, id],
  );
  return { update, isBusy, problem };
};
