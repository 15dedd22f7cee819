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
import { messageOf } from '../../relay/failure.ts';
import { useNotify } from '../../ui/Notices.tsx';
import type { pendingDeletionsMutation } from './__generated__/pendingDeletionsMutation.graphql.ts';

const mutation = graphql`
  mutation pendingDeletionsMutation($input: DeleteConversationInput!) {
    deleteConversation(input: $input) {
      deletedConversationId @deleteRecord
    }
  }
`;

/** How long a deletion can be undone, in ms: as long as its notice is shown. */
const undoMs = 9_000;

interface PendingDeletions {
  /** The ids of conversations that are about to be deleted, which no list shows. */
  readonly hidden: ReadonlySet<string>;
  /** Hides the conversations, and deletes them unless the notice's Undo is pressed. */
  readonly deleteLater: (ids: readonly string[], onUndo?: () => void) => void;
  /** Sends the deletions now. Resolves when the server has answered all of them. */
  readonly deleteNow: () => Promise<void>;
}

const PendingDeletionsContext = createContext<PendingDeletions>({
  hidden: new Set(),
  deleteLater: () => {},
  deleteNow: async () => {},
});

export const usePendingDeletions = (): PendingDeletions => useContext(PendingDeletionsContext);

/**
 * Holds deletions back while they can be undone. They are sent when the time is over or the page is left; if the browser
 * dies before, nothing is deleted.
 */
export const PendingDeletionsProvider = ({ children }: { children: ReactNode }) => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set());
  const waiting = useRef(new Map<readonly string[], ReturnType<typeof setTimeout>>());
  /** The ids whose deletion is not answered yet, by the promise that sends them. */
  const sending = useRef(new Map<Promise<void>, Set<string>>());

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
              notify({ text: `Not deleted: ${messageOf(error)}` });
              resolve();
            },
          });
        });
        unanswered.delete(id);
        show([id]);
      }
    },
    [environment, notify, show],
  );
  const send = useCallback(
    (ids: readonly string[]) => {
      clearTimeout(waiting.current.get(ids));
      if (!waiting.current.delete(ids)) return;
      const unanswered = new Set(ids);
      const sent: Promise<void> = sendEach(ids, unanswered).finally(() => sending.current.delete(sent));
      sending.current.set(sent, unanswered);
    },
    [sendEach],
  );
  const deleteNow = useCallback(async () => {
    for (const ids of [...waiting.current.keys()]) send(ids);
    await Promise.all(sending.current.keys());
  }, [send]);
  useEffect(() => {
    const sendAll = () => {
      const unsent = [...waiting.current.keys(), ...sending.current.values()].flatMap((ids) => [...ids]);
      for (const id of unsent) sendAtOnce(id);
      for (const timer of waiting.current.values()) clearTimeout(timer);
      waiting.current.clear();
    };
    const sendAtOnce = (id: string) =>
      commitMutation<pendingDeletionsMutation>(environment, { mutation, variables: { input: { id } } });
    window.addEventListener('pagehide', sendAll);
    return () => {
      window.removeEventListener('pagehide', sendAll);
      sendAll();
    };
  }, [environment]);

  const deleteLater = useCallback(
    (ids: readonly string[], onUndo?: () => void) => {
      if (ids.length === 0) return;
      setHidden((before) => new Set([...before, ...ids]));
      waiting.current.set(
        ids,
        setTimeout(() => send(ids), undoMs),
      );
      notify({
        text: ids.length === 1 ? 'Conversation deleted.' : `${ids.length} conversations deleted.`,
        action: {
          label: 'Undo',
          run: () => {
            clearTimeout(waiting.current.get(ids));
            if (!waiting.current.delete(ids)) return;
            show(ids);
            onUndo?.();
          },
        },
      });
    },
    [notify, send, show],
  );
  const value = useMemo(() => ({ hidden, deleteLater, deleteNow }), [hidden, deleteLater, deleteNow]);
  return <PendingDeletionsContext value={value}>{children}</PendingDeletionsContext>;
};
