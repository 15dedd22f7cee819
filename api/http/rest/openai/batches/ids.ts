import { badInput, notFound } from '../../../../errors/failures.ts';

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Returns the id without its prefix. Throws `NOT_FOUND` for another one. */
const without = (prefix: string, noun: string, id: string): string => {
  const own = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  if (!ulid.test(own)) throw notFound(noun);
  return own;
};

export const batchIdOf = (id: string): string => `batch_${id}`;

export const parseBatchId = (id: string): string => without('batch_', 'batch', id);

/** A file that was uploaded, or the output or the errors of a batch. */
export type FileId =
  | { readonly kind: 'UPLOADED'; readonly id: string }
  | { readonly kind: 'OUTPUT' | 'ERRORS'; readonly batchId: string };

const endings = { OUTPUT: '-output', ERRORS: '-errors' } as const;

export const fileIdOf = (file: FileId): string =>
  file.kind === 'UPLOADED' ? `file-${file.id}` : `file-${file.batchId}${endings[file.kind]}`;

/** Throws `NOT_FOUND`. */
export const parseFileId = (id: string): FileId => {
  for (const kind of ['OUTPUT', 'ERRORS'] as const) {
    if (!id.endsWith(endings[kind])) continue;
    return { kind, batchId: without('file-', 'file', id.slice(0, -endings[kind].length)) };
  }
  return { kind: 'UPLOADED', id: without('file-', 'file', id) };
};

/** The query of a list of OpenAI's API. */
export interface ListQuery {
  readonly limit: number;
  /** The id of the last object of the page before. */
  readonly after: string | null;
}

/** Returns a page of all objects. Throws `BAD_USER_INPUT` for an unknown `after`. */
export const pageOfAll = <Item extends { readonly id: string }>(
  all: readonly Item[],
  { limit, after }: ListQuery,
) => {
  const before = after === null ? -1 : all.findIndex(({ id }) => id === after);
  if (after !== null && before < 0) throw unknownAfter();
  return listOf(all.slice(before + 1, before + 1 + limit), before + 1 + limit < all.length);
};

export const unknownAfter = () => badInput('after', 'after is the id of no object of this list.');

/** Returns a page of a list of OpenAI's API. */
export const listOf = <Item extends { readonly id: string }>(data: Item[], hasMore: boolean) => ({
  object: 'list' as const,
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: hasMore,
});
