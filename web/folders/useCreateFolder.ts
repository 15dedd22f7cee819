import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useCreateFolderMutation } from './__generated__/useCreateFolderMutation.graphql.ts';
import type { FolderFields } from './FolderDialog.tsx';
import { foldersId } from './lists.ts';

/** Creates a folder, and adds it to the list. */
export const useCreateFolder = () => {
  const [commit, isBusy] = useMutation<useCreateFolderMutation>(graphql`
    mutation useCreateFolderMutation($input: CreateFolderInput!, $lists: [ID!]!) {
      createFolder(input: $input) {
        folderEdge @prependEdge(connections: $lists) {
          cursor
          node {
            id
            name
            ...FolderGroup_folder
          }
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const create = useCallback(
    (
      { name, systemPrompt }: Pick<FolderFields, 'name' | 'systemPrompt'>,
      onCreated: (id: string, name: string) => void,
    ) => {
      setProblem(null);
      commit({
        variables: { input: { name, systemPrompt }, lists: [foldersId()] },
        onCompleted: ({ createFolder }) => {
          if (createFolder) onCreated(createFolder.folderEdge.node.id, createFolder.folderEdge.node.name);
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit],
  );
  return { create, isBusy, problem };
};
