import { ConnectionHandler, type RecordSourceSelectorProxy } from 'relay-runtime';
import { messagesId } from '../messages/connection.ts';

export interface AddedMessages {
  readonly conversationId: string;
  readonly messageEdges: readonly {
    readonly node: { readonly id: string; readonly parent: { readonly id: string } | null | undefined };
  }[];
}

/**
 * Appends what another tab or device added to a conversation that is held here. What is there already (this tab's own
 * mutation was faster) is left alone. What does not follow on the last message is a new branch: the conversation is
 * marked as out of date, and its page reads it again.
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
