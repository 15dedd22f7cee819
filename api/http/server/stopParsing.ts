import type { Socket } from 'node:net';

/** What Node's HTTP parser of a connection returns to stop: 2 means that no further request follows. */
const noMore = 2;

interface ParsedSocket extends Socket {
  readonly parser?: { onIncoming?: ((...args: never[]) => unknown) | null } | null;
}

/**
 * Stops Node's parser of a connection when it is destroyed. Otherwise it emits the rest of the chunk that it is reading,
 * which may be a thousand pipelined requests. Node has no public function for that; without this property of its parser,
 * nothing changes.
 */
export const stopParsingWhenDestroyed = (socket: ParsedSocket): void => {
  const { parser } = socket;
  const parse = parser?.onIncoming;
  if (!parser || !parse) return;
  parser.onIncoming = (...args) => (socket.destroyed ? noMore : parse(...args));
};
