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
 * it, and those that are deleted. Goes on after a failure, and says how many were changed.
 */
export const useTagAll = () => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  return useCallback(
    async (ids: readonly string[], tag: string, isAdded: boolean): Promise<void> => {
      const changeOne = async (id: string, adds: boolean): Promise<boolean> => {
        // Another tab may have changed them: the mutation replaces all.
        const found = await fetchQuery<useTagAllQuery>(environment, query, { id }).toPromise();
        // Deleted, or not readable for a moment: its tags are unknown, and the mutation would remove them.
        const tags = found?.node?.tags;
        if (!tags || tags.includes(tag) === adds) return false;
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
      const changeAll = async (all: readonly string[], adds: boolean) => {
        const changed: string[] = [];
        let failure: Error | null = null;
        for (const id of all) {
          try {
            if (await changeOne(id, adds)) changed.push(id);
          } catch (error) {
            failure = error as Error;
          }
        }
        return { changed, failure };
      };
      const failureText = (changed: number, all: number, failure: Error) => {
        const done = changed.toLocaleString(locale());
        const total = all.toLocaleString(locale());
        const reason = messageOf(failure);
        return t`${done} of ${total} were changed. ${reason}`;
      };
      const undo = async (changed: readonly string[]) => {
        const { changed: restored, failure } = await changeAll(changed, !isAdded);
        if (failure) notify({ text: failureText(restored.length, changed.length, failure) });
      };
      const { changed, failure } = await changeAll(ids, isAdded);
      const count = changed.length;
      const doneText = () =>
        isAdded
          ? plural(count, {
              one: `Added the tag “${tag}” to # conversation.`,
              other: `Added the tag “${tag}” to # conversations.`,
            })
          : plural(count, {
              one: `Removed the tag “${tag}” from # conversation.`,
              other: `Removed the tag “${tag}” from # conversations.`,
            });
      notify({
        text: failure ? failureText(count, ids.length, failure) : doneText(),
        ...(count > 0 && { action: { label: t`Undo`, run: () => void undo(changed) } }),
      });
    },
    [environment, notify],
  );
};
