import { useCallback, useEffect, useRef } from 'react';
import { commitMutation, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import { chatPath } from '../conversations/chatPath.ts';
import { keepDraft, temporaryDraft } from '../messages/drafts.ts';
import { basePath } from '../relay/basePath.ts';
import type { useTemporaryLife_conversation$key } from './__generated__/useTemporaryLife_conversation.graphql.ts';
import type { useTemporaryLifeDeletionMutation } from './__generated__/useTemporaryLifeDeletionMutation.graphql.ts';
import type { useTemporaryLifeMutation } from './__generated__/useTemporaryLifeMutation.graphql.ts';

const renewal = graphql`
  mutation useTemporaryLifeMutation($input: UpdateConversationInput!) {
    updateConversation(input: $input) {
      conversation {
        id
        expiresAt
      }
    }
  }
`;

const deletion = graphql`
  mutation useTemporaryLifeDeletionMutation($input: DeleteConversationInput!) {
    deleteConversation(input: $input) {
      deletedConversationId @deleteRecord
    }
  }
`;

/** How long an open page keeps its conversation without a prompt, in seconds. */
const openS = 60 * 60;
/** How long a closed or reloading page keeps it, in seconds: a reload within that time finds it. */
const leftS = 120;
/** The time before the expiry at which an open page renews it, in ms. Another tab that was closed has made it short. */
const renewMs = 15 * 60_000;
/** How long after its opening a page makes sure that its conversation lives on, in ms. */
const settledMs = 20_000;

/**
 * Keeps a temporary conversation while its page is open, and deletes it when the reader goes to another page of the app. A
 * page that is closed can't be told from one that reloads, so the conversation then lives for two minutes.
 */
export const useTemporaryLife = (key: useTemporaryLife_conversation$key): void => {
  const { id, temporary, expiresAt } = useFragment(
    graphql`
      fragment useTemporaryLife_conversation on Conversation {
        id
        temporary
        expiresAt
      }
    `,
    key,
  );
  const environment = useRelayEnvironment();
  const isTemporary = useRef(temporary);
  useEffect(() => {
    isTemporary.current = temporary;
  }, [temporary]);

  /** Makes the conversation live for so many seconds from now. If that fails, the next message tells why. */
  const live = useCallback(
    (expiresIn: number) => {
      if (!isTemporary.current) return;
      commitMutation<useTemporaryLifeMutation>(environment, {
        mutation: renewal,
        variables: { input: { id, expiresIn } },
        onError: () => {},
      });
    },
    [environment, id],
  );

  useEffect(() => {
    if (!temporary || !expiresAt) return;
    // Not at once: with a clock that is ahead, each renewal would cause the next.
    const wait = Math.max(settledMs, Date.parse(expiresAt) - Date.now() - renewMs);
    const timer = setTimeout(() => live(openS), wait);
    return () => clearTimeout(timer);
  }, [live, temporary, expiresAt]);

  useEffect(() => {
    // The request of the page before a reload may arrive after this page's query, and before its subscription.
    const timer = setTimeout(() => live(openS), settledMs);
    const onPageHide = () => live(leftS);
    const onPageShow = ({ persisted }: PageTransitionEvent) => persisted && live(openS);
    window.addEventListener('pagehide', onPageHide);
    window.addEventListener('pageshow', onPageShow);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', onPageHide);
      window.removeEventListener('pageshow', onPageShow);
      // Later, because the page may only be rendered anew, for example after an error.
      setTimeout(() => {
        const isOpen = window.location.pathname === `${basePath}${chatPath(id)}`;
        if (!isTemporary.current || isOpen) return;
        keepDraft(temporaryDraft(id), '');
        keepDraft(temporaryDraft(`${id}.queued`), '');
        commitMutation<useTemporaryLifeDeletionMutation>(environment, {
          mutation: deletion,
          variables: { input: { id } },
          // Then it is deleted when its time is over.
          onError: () => {},
        });
      });
    };
  }, [environment, id, live]);
};
