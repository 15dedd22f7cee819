import { plural, t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { commitLocalUpdate, commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { addToItsList } from '../conversations/lists.ts';
import { locale } from '../language/language.ts';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useMoveToFolderMutation } from './__generated__/useMoveToFolderMutation.graphql.ts';

const mutation = graphql`
  mutation useMoveToFolderMutation($input: UpdateConversationInput!) @raw_response_type {
    updateConversation(input: $input) {
      conversation {
        id
        inheritedSystemPrompt
        folder {
          id
          name
        }
      }
    }
  }
`;

interface Folder {
  readonly id: string;
  readonly name: string;
}

/**
 * Moves conversations to a folder, or out of theirs (null), one after another. Each is shown there at once. Stops at the
 * first failure, and says how many were moved.
 */
export const useMoveToFolder = () => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  return useCallback(
    async (ids: readonly string[], folder: Folder | null): Promise<void> => {
      const foldersBefore = new Map<string, Folder | null>();
      commitLocalUpdate(environment, (store) => {
        for (const id of ids) {
          const before = store.get(id)?.getLinkedRecord('folder');
          const name = before?.getValue('name');
          foldersBefore.set(
            id,
            before ? { id: before.getDataID(), name: typeof name === 'string' ? name : '' } : null,
          );
        }
      });
      const move = (id: string, to: Folder | null) =>
        new Promise<void>((resolve, reject) => {
          commitMutation<useMoveToFolderMutation>(environment, {
            mutation,
            variables: { input: { id, folderId: to?.id ?? null } },
            optimisticResponse: {
              updateConversation: {
                conversation: { id, inheritedSystemPrompt: null, folder: to },
              },
            },
            optimisticUpdater: (store) => addToItsList(store, id),
            updater: (store) => addToItsList(store, id),
            onCompleted: () => resolve(),
            onError: reject,
          });
        });
      const moveAll = async (to: (id: string) => Folder | null): Promise<number> => {
        let moved = 0;
        try {
          for (const id of ids) {
            await move(id, to(id));
            moved += 1;
          }
        } catch (error) {
          const done = moved.toLocaleString(locale());
          const total = ids.length.toLocaleString(locale());
          const reason = messageOf(error as Error);
          notify({ text: t`${done} of ${total} were moved. ${reason}` });
        }
        return moved;
      };
      if ((await moveAll(() => folder)) < ids.length) return;
      const count = ids.length;
      const folderName = folder?.name;
      notify({
        text:
          folderName === undefined
            ? plural(count, { one: 'Moved out of folders.', other: 'Moved # conversations out of folders.' })
            : plural(count, {
                one: `Moved to the folder “${folderName}”.`,
                other: `Moved # conversations to the folder “${folderName}”.`,
              }),
        action: { label: t`Undo`, run: () => void moveAll((id) => foldersBefore.get(id) ?? null) },
      });
    },
    [environment, notify],
  );
};
