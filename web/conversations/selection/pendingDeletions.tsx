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
}

const PendingDeletionsContext = createContext<PendingDeletions>({ hidden: new Set(), deleteLater: () => {} });

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

  const show = useCallback(
    (ids: readonly string[]) => setHidden((before) => new Set([...before].filter((id) => !ids.includes(id)))),
    [],
  );
  const send = useCallback(
    async (ids: readonly string[]) => {
      clearTimeout(waiting.current.get(ids));
      if (!waiting.current.delete(ids)) return;
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
        show([id]);
      }
    },
    [environment, notify, show],
  );
  useEffect(() => {
    const sendAll = () => {
      for (const ids of [...waiting.current.keys()]) for (const id of ids) sendAtOnce(id);
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
        setTimeout(() => void send(ids), undoMs),
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
  const value = useMemo(() => ({ hidden, deleteLater }), [hidden, deleteLater]);
  return <PendingDeletionsContext value={value}>{children}</PendingDeletionsContext>;
};
