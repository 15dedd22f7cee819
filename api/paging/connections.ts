import { decodeTime, isValid } from 'ulid';
import { z } from 'zod';
import { badInput } from '../errors/failures.ts';
import { type Page, type PageRequest, pageSizeLimit, type TimeKey } from './pages.ts';

/** The arguments of a connection (Relay's Cursor Connections Specification). */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

const defaultSize = 20;

/**
 * Encodes cursors, opaque to clients: the kind of the list, which detects cursors of other lists, and the key as JSON.
 */
export interface CursorCodec<Key> {
  encode(key: Key): string;
  /** Throws `BAD_USER_INPUT` for a cursor that `encode` didn't return. */
  decode(argument: string, cursor: string): Key;
}

/** Creates a codec. `parse` inverts `toJson`, and returns null for any other value. */
export const createCursorCodec = <Key>(
  kind: string,
  toJson: (key: Key) => unknown,
  parse: (json: unknown) => Key | null,
): CursorCodec<Key> => ({
  encode: (key) => Buffer.from(`${kind}:${JSON.stringify(toJson(key))}`).toString('base64url'),
  decode(argument, cursor) {
    const text = Buffer.from(cursor, 'base64url').toString();
    const key = text.startsWith(`${kind}:`) ? parse(parseJson(text.slice(kind.length + 1))) : null;
    if (key !== null) return key;
    throw badInput(
      argument,
      `${argument} is not a cursor of this list. Pass a cursor from an edge or from pageInfo.`,
    );
  },
});

/** Creates the cursors of a list whose key is a string. */
export const textCursors = (kind: string): CursorCodec<string> =>
  createCursorCodec(
    kind,
    (key) => key,
    (json) => (typeof json === 'string' ? json : null),
  );

const timeKeyShape = z.tuple([z.number(), z.string()]);

/** Creates the cursors of a list by time. Cursors of earlier releases hold only a ULID, which includes the time. */
export const timeCursors = (kind: string): CursorCodec<TimeKey> =>
  createCursorCodec<TimeKey>(
    kind,
    ({ createdAt, id }) => [createdAt.getTime(), id],
    (json) => {
      if (typeof json === 'string' && isValid(json))
        return { createdAt: new Date(decodeTime(json)), id: json };
      const { data } = timeKeyShape.safeParse(json);
      return data ? { createdAt: new Date(data[0]), id: data[1] } : null;
    },
  );

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/**
 * Converts connection arguments. Throws `BAD_USER_INPUT` for a size outside 1 to 100, or if `first` and `last` are set.
 */
export const pageRequest = <Key>(args: ConnectionArguments, codec: CursorCodec<Key>): PageRequest<Key> => {
  const { first, last, after, before } = args;
  if (typeof first === 'number' && typeof last === 'number') {
    throw badInput('first', 'Pass first or last, not both.');
  }
  const direction = typeof last === 'number' ? 'backward' : 'forward';
  const size = last ?? first ?? defaultSize;
  if (size < 1 || size > pageSizeLimit) {
    const name = direction === 'backward' ? 'last' : 'first';
    throw badInput(name, `${name} is ${size}; it must be from 1 to ${pageSizeLimit}.`);
  }
  return {
    direction,
    size,
    after: after ? codec.decode('after', after) : null,
    before: before ? codec.decode('before', before) : null,
  };
};

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export const connectionOf = <Item, Key>(
  page: Page<Item>,
  codec: CursorCodec<Key>,
  keyOf: (item: Item) => Key,
) => {
  const edges: Edge<Item>[] = page.items.map((node) => ({ node, cursor: codec.encode(keyOf(node)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};
