import { t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { messageOf } from '../../relay/failure.ts';
import { useNotify } from '../../ui/Notices.tsx';
import type { useArchiveAllMutation } from './__generated__/useArchiveAllMutation.graphql.ts';

const mutation = graphql`
  mutation useArchiveAllMutation($input: UpdateConversationInput!) {
    updateConversation(input: $input) {
      conversation {
        id
        archived
      }
    }
  }
`;

/** Moves conversations to the archive, or back, one after another. Stops at the first failure, and says how many were moved. */
export const useArchiveAll = () => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  return useCallback(
    async (ids: readonly string[], archived: boolean): Promise<void> => {
      const move = (id: string, to: boolean) =>
        new Promise<void>((resolve, reject) => {
          commitMutation<useArchiveAllMutation>(environment, {
            mutation,
            variables: { input: { id, archived: to } },
            onCompleted: () => resolve(),
            onError: reject,
          });
        });
      const moveAll = async (all: readonly string[], to: boolean): Promise<readonly string[]> => {
        const moved: string[] = [];
        try {
          for (const id of all) {
            await move(id, to);
            moved.push(id);
          }
        } catch (error) {
          notify({ text: t`${moved.length} of ${all.length} were moved. ${messageOf(error as Error)}` });
        }
        return moved;
      };
      const moved = await moveAll(ids, archived);
      if (moved.length < ids.length) return;
      const count = moved.length === 1 ? '1 conversation' : `${moved.length} conversations`;
      notify({
        text: archived ? t`Moved ${count} to the archive.` : t`Moved ${count} back.`,
        action: { label: t`Undo`, run: () => void moveAll(moved, !archived) },
      });
    },
    [environment, notify],
  );
};
