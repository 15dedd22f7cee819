import { ConnectionHandler, type RecordSourceSelectorProxy } from 'relay-runtime';
import { messagesId } from '../messages/connection.ts';

export interface AddedMessages {
  readonly conversationId: string;
  readonly messageEdges: readonly {
    readonly node: { readonly id: string; readonly parent: { readonly id: string } | null | undefined };
  }[];
}

/**
 * Appends messages that another tab or device added to a conversation in the store. Messages that the store already has
 * (this tab's own mutation was faster) stay unchanged. A message that doesn't follow the last one starts a new branch:
 * the conversation is then marked as stale, and its page refetches it.
 */
export const addNewMessages = (
  store: RecordSourceSelectorProxy,
  { conversationId, messageEdges }: AddedMessages,
): void => {
  const connection = store.get(messagesId(conversationId));
  if (!connection) return;
  const held = (connection.getLinkedRecords('edges') ?? []).map((edge) =>
    edge.getLinkedRecord('node')?.getDataID(),
  );
  const arrived = store.getRootField('conversationChanged')?.getLinkedRecords('messageEdges') ?? [];
  for (const [index, { node }] of messageEdges.entries()) {
    if (held.includes(node.id)) continue;
    if (held.length > 0 && node.parent?.id !== held.at(-1)) {
      store.get(conversationId)?.invalidateRecord();
      return;
    }
    const edge = ConnectionHandler.buildConnectionEdge(store, connection, arrived[index]);
    if (!edge) continue;
    ConnectionHandler.insertEdgeAfter(connection, edge);
    held.push(node.id);
  }
};
