import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { badInput, Failure } from '../../errors/failures.ts';
import { StartupError } from '../../errors/startupError.ts';

/** The documents of the web app, which `npm run relay` writes. */
const ownFile = fileURLToPath(new URL('../../../schema/persisted.json', import.meta.url));

export interface PersistedDocumentsOptions {
  /** Paths of further JSON files that map ids to documents, beside the web app's. */
  readonly files: readonly string[];
  /** Whether documents that aren't known are refused. */
  readonly only: boolean;
  /** Reads the files again for an id that isn't known: for work on the web app. */
  readonly development: boolean;
  /** Characters of a text that a request brings. */
  readonly maxCharacters: number;
}

/** What a request says of its document. */
export interface DocumentRequest {
  readonly query?: string | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Documents that are known by an id. */
export interface PersistedDocuments {
  /**
   * The text of the document that a request is about: by the id in `extensions.persistedQuery.sha256Hash`, else its own.
   * Throws `NOT_FOUND`, with `documentId`, for an id that isn't known and comes without a text, and `FORBIDDEN` for a
   * text that isn't known where only known ones are answered. Throws `TOO_COMPLEX` for a text that is too long, before
   * anything is done with it.
   */
  textOf(request: DocumentRequest): Promise<string | undefined>;
}

/** Documents that can't be read. The message is one line: which file, and what it has to be. */
export class PersistedDocumentsError extends StartupError {
  override readonly name = 'PersistedDocumentsError';
}

/** Throws `PersistedDocumentsError`. */
export const readPersistedDocuments = async (
  options: PersistedDocumentsOptions,
): Promise<PersistedDocuments> => {
  const files = [ownFile, ...options.files];
  let known = await readAll(files);

  const find = async (id: string): Promise<string | undefined> => {
    if (!known.byId.has(id) && options.development) known = await readAll(files);
    return known.byId.get(id);
  };

  return {
    async textOf({ query, extensions }) {
      const id = idOf(extensions);
      const found = id === null ? undefined : await find(id);
      if (found !== undefined) return found;
      const text = query || undefined;
      if (text !== undefined && text.length > options.maxCharacters) throw tooLong(options.maxCharacters);
      if (id !== null && text === undefined) throw unknownDocument(id);
      if (options.only && !(text !== undefined && known.hashes.has(sha256(text)))) throw onlyKnown();
      return text;
    },
  };
};

interface Known {
  readonly byId: ReadonlyMap<string, string>;
  /** Of their texts: a page that sends the text of a known document may go on. */
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
    const reason = error instanceof z.ZodError ? 'it is no map' : String(error);
    throw new PersistedDocumentsError(
      `The documents in ${file} can't be read: ${reason}. It has to be JSON that maps ids to GraphQL documents.`,
    );
  }
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const idOf = (extensions: DocumentRequest['extensions']): string | null => {
  const asked = extensions?.persistedQuery;
  if (asked === undefined || asked === null) return null;
  if (typeof asked === 'object' && 'sha256Hash' in asked && typeof asked.sha256Hash === 'string') {
    return asked.sha256Hash;
  }
  const field = 'extensions.persistedQuery';
  throw badInput(field, `${field} must be an object with sha256Hash, the id of a document.`);
};

const tooLong = (limit: number) =>
  new Failure(
    'TOO_COMPLEX',
    `The document has more than ${limit} characters. Send values as variables, and ask for less.`,
    { limit },
  );

const unknownDocument = (documentId: string) =>
  new Failure(
    'NOT_FOUND',
    'This server does not know a document with this id. Send its text as query beside the id.',
    { documentId: documentId.slice(0, 200) },
  );

const onlyKnown = () =>
  new Failure(
    'FORBIDDEN',
    'This server answers only documents that it knows (PERSISTED_ONLY=on). Send the id of one in extensions.persistedQuery, or have its operator add yours with PERSISTED_DOCUMENTS.',
  );
