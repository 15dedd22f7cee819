import { plural, t } from '@lingui/core/macro';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { messageOf, RequestFailure } from '../../relay/failure.ts';
import { useNotify } from '../../ui/Notices.tsx';
import type { pendingDeletionsMutation } from './__generated__/pendingDeletionsMutation.graphql.ts';
import { keepUnsent, readUnsent } from './unsentDeletions.ts';

const mutation = graphql`
  mutation pendingDeletionsMutation($input: DeleteConversationInput!) {
    deleteConversation(input: $input) {
      deletedConversationId @deleteRecord
    }
  }
`;

interface PendingDeletions {
  /**
   * The ids of conversations that are deleted, or about to be: no list shows them. Those that were deleted stay in it,
   * because a list that was read before the deletion can arrive after it.
   */
  readonly hidden: ReadonlySet<string>;
  /** Hides a conversation that was deleted elsewhere. */
  readonly hideDeleted: (id: string) => void;
  /** Hides the conversations, and deletes them unless the notice's Undo is pressed. */
  readonly deleteLater: (ids: readonly string[], onUndo?: () => void) => void;
  /** Sends the deletions now. Resolves when the server has answered all of them. */
  readonly deleteNow: () => Promise<void>;
}

const PendingDeletionsContext = createContext<PendingDeletions>({
  hidden: new Set(),
  hideDeleted: () => {},
  deleteLater: () => {},
  deleteNow: async () => {},
});

export const usePendingDeletions = (): PendingDeletions => useContext(PendingDeletionsContext);

/**
 * Holds deletions back while their notice offers Undo. They are sent when the notice is gone or the page is left, and by the
 * tab's next page if they were not answered.
 */
export const PendingDeletionsProvider = ({ children }: { children: ReactNode }) => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  /** What the page before has sent without seeing an answer. */
  const [left] = useState(readUnsent);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(left));
  const waiting = useRef(new Set<readonly string[]>());
  /** The ids whose deletion is not answered yet, by the promise that sends them. */
  const sending = useRef(new Map<Promise<void>, Set<string>>());

  const listUnsent = useCallback(
    () => [...waiting.current, ...sending.current.values()].flatMap((ids) => [...ids]),
    [],
  );
  const hide = useCallback(
    (ids: readonly string[]) => setHidden((before) => new Set([...before, ...ids])),
    [],
  );
  const hideDeleted = useCallback((id: string) => hide([id]), [hide]);
  const show = useCallback(
    (ids: readonly string[]) => setHidden((before) => new Set([...before].filter((id) => !ids.includes(id)))),
    [],
  );
  const sendEach = useCallback(
    async (ids: readonly string[], unanswered: Set<string>) => {
      // One after another, because a page full of them at once could exceed the limit of open requests.
      for (const id of ids) {
        await new Promise<void>((resolve) => {
          commitMutation<pendingDeletionsMutation>(environment, {
            mutation,
            variables: { input: { id } },
            onCompleted: () => resolve(),
            onError: (error) => {
              resolve();
              // The page before has deleted it.
              if (error instanceof RequestFailure && error.code === 'NOT_FOUND') return;
              const reason = messageOf(error);
              notify({ text: t`Not deleted: ${reason}` });
              show([id]);
            },
          });
        });
        unanswered.delete(id);
        keepUnsent(listUnsent());
      }
    },
    [environment, listUnsent, notify, show],
  );
  const send = useCallback(
    (ids: readonly string[]) => {
      if (!waiting.current.delete(ids)) return;
      const unanswered = new Set(ids);
      const sent: Promise<void> = sendEach(ids, unanswered).finally(() => sending.current.delete(sent));
      sending.current.set(sent, unanswered);
    },
    [sendEach],
  );
  const deleteNow = useCallback(async () => {
    for (const ids of [...waiting.current]) send(ids);
    await Promise.all(sending.current.keys());
  }, [send]);
  useEffect(() => {
    const sendAll = () => {
      for (const id of listUnsent()) sendAtOnce(id);
      waiting.current.clear();
    };
    const sendAtOnce = (id: string) =>
      commitMutation<pendingDeletionsMutation>(environment, { mutation, variables: { input: { id } } });
    window.addEventListener('pagehide', sendAll);
    return () => {
      window.removeEventListener('pagehide', sendAll);
      sendAll();
    };
  }, [environment, listUnsent]);
  useEffect(() => {
    if (left.length === 0) return;
    waiting.current.add(left);
    send(left);
  }, [left, send]);

  const deleteLater = useCallback(
    (ids: readonly string[], onUndo?: () => void) => {
      if (ids.length === 0) return;
      hide(ids);
      waiting.current.add(ids);
      keepUnsent(listUnsent());
      const count = ids.length;
      notify({
        text: plural(count, { one: 'Conversation deleted.', other: '# conversations deleted.' }),
        action: {
          label: t`Undo`,
          run: () => {
            // The page was left in between, and the deletion sent.
            if (!waiting.current.delete(ids)) return notify({ text: t`It was deleted already.` });
            keepUnsent(listUnsent());
            show(ids);
            onUndo?.();
          },
        },
        onGone: () => send(ids),
      });
    },
    [hide, listUnsent, notify, send, show],
  );
  const value = useMemo(
    () => ({ hidden, hideDeleted, deleteLater, deleteNow }),
    [hidden, hideDeleted, deleteLater, deleteNow],
  );
  return <PendingDeletionsContext value={value}>{children}</PendingDeletionsContext>;
};
