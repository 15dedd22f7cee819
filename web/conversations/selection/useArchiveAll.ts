import { plural, t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { locale } from '../../language/language.ts';
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
          const done = moved.length.toLocaleString(locale());
          const total = all.length.toLocaleString(locale());
          const reason = messageOf(error as Error);
          notify({ text: t`${done} of ${total} were moved. ${reason}` });
        }
        return moved;
      };
      const moved = await moveAll(ids, archived);
      if (moved.length < ids.length) return;
      const count = moved.length;
      notify({
        text: archived
          ? plural(count, {
              one: 'Moved # conversation to the archive.',
              other: 'Moved # conversations to the archive.',
            })
          : plural(count, { one: 'Moved # conversation back.', other: 'Moved # conversations back.' }),
        action: { label: t`Undo`, run: () => void moveAll(moved, !archived) },
      });
    },
    [environment, notify],
  );
};
