import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { badInput, Failure } from '../../errors/failures.ts';
import { StartupError } from '../../errors/startupError.ts';
import { root } from '../../process/root.ts';

/** The documents of the web app, which `npm run relay` writes. */
const ownFile = join(root, 'schema', 'persisted.json');

/** The maximum characters of all registered documents. The least recently used ones are forgotten. */
const maxRegistered = 4 * 1024 * 1024;

/** A SHA-256 hash. Ids in files may be anything. */
const isHash = /^[0-9a-f]{64}$/;

export interface PersistedDocumentsOptions {
  /** Paths of further JSON files that map ids to documents, beside the web app's. */
  readonly files: readonly string[];
  /** Whether to reject documents that aren't persisted. */
  readonly only: boolean;
  /** Whether to read the files again for an unknown id: for work on the web app. */
  readonly development: boolean;
  /** Maximum characters of a document in a request. */
  readonly maxCharacters: number;
}

/** The document of a request: its text, its id in `extensions`, or both. */
export interface DocumentRequest {
  readonly query?: string | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The persisted documents (trusted documents), by id. */
export interface PersistedDocuments {
  /**
   * Returns the text of a request's document: by the id in `extensions.persistedQuery.sha256Hash`, else its own text. A
   * text that comes with its SHA-256 is registered under it, as in Apollo's protocol of automatic persisted queries, unless
   * only persisted documents are allowed. Throws `PERSISTED_QUERY_NOT_FOUND`, with `documentId`, for an unknown id without a
   * text; `BAD_USER_INPUT` for a text with another hash; `FORBIDDEN` for a text that isn't persisted while only persisted
   * ones are allowed; `TOO_COMPLEX` for a text that is too long, before it is parsed.
   */
  textOf(request: DocumentRequest): Promise<string | undefined>;
}

/** A file of persisted documents that can't be read. The message is one line: which file, and the expected format. */
export class PersistedDocumentsError extends StartupError {
  override readonly name = 'PersistedDocumentsError';
}

/** Reads the files of persisted documents. Throws `PersistedDocumentsError`. */
export const readPersistedDocuments = async (
  options: PersistedDocumentsOptions,
): Promise<PersistedDocuments> => {
  const files = [ownFile, ...options.files];
  let known = await readAll(files);
  const registered = new LRUCache<string, string>({
    maxSize: maxRegistered,
    sizeCalculation: (text) => text.length + 64,
  });

  const find = async (id: string): Promise<string | undefined> => {
    if (!known.byId.has(id) && options.development) known = await readAll(files);
    return known.byId.get(id) ?? registered.get(id);
  };

  return {
    async textOf({ query, extensions }) {
      const id = idOf(extensions);
      const found = id === null ? undefined : await find(id);
      const text = query || undefined;
      if (text !== undefined && text.length > options.maxCharacters) throw tooLong(options.maxCharacters);
      if (found !== undefined) {
        const isAnother = id !== null && isHash.test(id) && text !== undefined && text !== found;
        if (isAnother && sha256(text) !== id) throw otherHash();
        return found;
      }
      if (id !== null && text === undefined) throw unknownDocument(id);
      if (options.only && !(text !== undefined && known.hashes.has(sha256(text)))) throw notPersisted();
      if (id !== null && text !== undefined && isHash.test(id)) {
        if (sha256(text) !== id) throw otherHash();
        if (!options.only) registered.set(id, text);
      }
      return text;
    },
  };
};

/** Returns the text of a persisted document of the web app or of `files`; undefined for an unknown id. */
export const findPersistedDocument = async (
  files: readonly string[],
  id: string,
): Promise<string | undefined> => (await readAll([ownFile, ...files])).byId.get(id);

interface Known {
  readonly byId: ReadonlyMap<string, string>;
  /** The SHA-256 hashes of their texts: a request may also send the text of a persisted document. */
  readonly hashes: ReadonlySet<string>;
}

const readAll = async (files: readonly string[]): Promise<Known> => {
  const entries = (await Promise.all(files.map(readEntries))).flat();
  return { byId: new Map(entries), hashes: new Set(entries.map(([, text]) => sha256(text))) };
};

const readEntries = async (file: string): Promise<readonly (readonly [string, string])[]> => {
  try {
    return Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(await readFile(file, 'utf8'))));
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'it is not a map of strings' : String(error);
    throw new PersistedDocumentsError(
      `The persisted documents in ${file} can't be read: ${reason}. The file must be JSON that maps ids to GraphQL documents.`,
    );
  }
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const idOf = (extensions: DocumentRequest['extensions']): string | null => {
  const persistedQuery = extensions?.persistedQuery;
  if (persistedQuery === undefined || persistedQuery === null) return null;
  if (
    typeof persistedQuery === 'object' &&
    'sha256Hash' in persistedQuery &&
    typeof persistedQuery.sha256Hash === 'string'
  ) {
    return persistedQuery.sha256Hash;
  }
  const field = 'extensions.persistedQuery';
  throw badInput(field, `${field} must be an object with sha256Hash, the id of a document.`);
};

const otherHash = () =>
  badInput(
    'extensions.persistedQuery.sha256Hash',
    'extensions.persistedQuery.sha256Hash is not the SHA-256 of query, in hex. Send the hash of the text that you send.',
  );

const tooLong = (limit: number) =>
  new Failure(
    'TOO_COMPLEX',
    `The document has more than ${limit} characters. Send values as variables, and request fewer fields.`,
    { limit },
  );

const unknownDocument = (documentId: string) =>
  // Clients look for this text, and then send the document's text beside the id.
  new Failure('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', {
    documentId: documentId.slice(0, 200),
  });

const notPersisted = () =>
  new Failure(
    'FORBIDDEN',
    'This server only runs persisted documents (PERSISTED_ONLY=on). Send the id of one in extensions.persistedQuery, or ask the operator to add yours with PERSISTED_DOCUMENTS.',
  );
