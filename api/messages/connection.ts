import { connectionOf, createCursorCodec } from '../paging/connections.ts';
import type { Page } from '../paging/pages.ts';
import type { Message } from './message.ts';

/** Cursors of a path. The key of a message is its depth. */
export const messageCursors = createCursorCodec<number>(
  'message',
  (depth) => depth,
  (json) => (typeof json === 'number' && Number.isInteger(json) ? json : null),
);

export const messageEdge = (node: Message) => ({ node, cursor: messageCursors.encode(node.depth) });

export const messageConnection = (page: Page<Message>) =>
  connectionOf(page, messageCursors, ({ depth }) => depth);
