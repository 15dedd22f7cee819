import { plural, t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { commitMutation, fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { locale } from '../language/language.ts';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useTagAllMutation } from './__generated__/useTagAllMutation.graphql.ts';
import type { useTagAllQuery } from './__generated__/useTagAllQuery.graphql.ts';

const query = graphql`
  query useTagAllQuery($id: ID!) {
    node(id: $id) {
      ... on Conversation {
        tags
      }
    }
  }
`;

const mutation = graphql`
  mutation useTagAllMutation($input: UpdateConversationInput!) {
    updateConversation(input: $input) {
      conversation {
        id
        tags
      }
    }
  }
`;

/**
 * Adds a tag to conversations, or removes it, one after another. Leaves those unchanged that have it already, or don't have
 * it. Stops at the first failure, and says how many were changed.
 */
export const useTagAll = () => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  return useCallback(
    async (ids: readonly string[], tag: string, isAdded: boolean): Promise<void> => {
      const changeOne = async (id: string, adds: boolean): Promise<boolean> => {
        // Another tab may have changed them: the mutation replaces all.
        const found = await fetchQuery<useTagAllQuery>(environment, query, { id }).toPromise();
        const tags = found?.node?.tags ?? [];
        if (tags.includes(tag) === adds) return false;
        const changed = adds ? [...tags, tag] : tags.filter((other) => other !== tag);
        await new Promise<void>((resolve, reject) => {
          commitMutation<useTagAllMutation>(environment, {
            mutation,
            variables: { input: { id, tags: changed } },
            onCompleted: () => resolve(),
            onError: reject,
          });
        });
        return true;
      };
      const changeAll = async (all: readonly string[], adds: boolean): Promise<readonly string[] | null> => {
        const changed: string[] = [];
        try {
          for (const id of all) if (await changeOne(id, adds)) changed.push(id);
          return changed;
        } catch (error) {
          const done = changed.length.toLocaleString(locale());
          const total = all.length.toLocaleString(locale());
          const reason = messageOf(error as Error);
          notify({ text: t`${done} of ${total} were changed. ${reason}` });
          return null;
        }
      };
      const changed = await changeAll(ids, isAdded);
      if (changed === null) return;
      const count = changed.length;
      notify({
        text: isAdded
          ? plural(count, {
              one: `Added the tag “${tag}” to # conversation.`,
              other: `Added the tag “${tag}” to # conversations.`,
            })
          : plural(count, {
              one: `Removed the tag “${tag}” from # conversation.`,
              other: `Removed the tag “${tag}” from # conversations.`,
            }),
        ...(count > 0 && {
          action: { label: t`Undo`, run: () => void changeAll(changed, !isAdded) },
        }),
      });
    },
    [environment, notify],
  );
};
