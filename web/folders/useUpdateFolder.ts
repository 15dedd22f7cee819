import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useUpdateFolderMutation } from './__generated__/useUpdateFolderMutation.graphql.ts';
import type { FolderFields } from './FolderDialog.tsx';

/** Changes a folder. Shows its name and system prompt at once, and undoes that on an error. */
export const useUpdateFolder = (id: string) => {
  const [commit, isBusy] = useMutation<useUpdateFolderMutation>(graphql`
    mutation useUpdateFolderMutation($input: UpdateFolderInput!) @raw_response_type {
      updateFolder(input: $input) {
        folder {
          id
          name
          systemPrompt
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const update = useCallback(
    ({ name, systemPrompt, collections }: FolderFields, onSaved: () => void) => {
      setProblem(null);
      commit({
        variables: {
          input: { id, name, systemPrompt, ...(collections && { collections: [...collections] }) },
        },
        optimisticResponse: { updateFolder: { folder: { id, name, systemPrompt } } },
        onCompleted: onSaved,
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, id],
  );
  return { update, isBusy, problem };
};
