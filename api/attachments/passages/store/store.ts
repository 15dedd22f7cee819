import type { FoundPassage, Indexing, NewPassage, Passage } from '../passage.ts';

/** A document whose text is to be split, or whose passages are to be embedded. */
export interface DueDocument {
  readonly ownerId: string;
  readonly attachmentId: string;
  readonly indexing: Indexing;
}

/** Which documents are searched, and for whom. Those that the reader may not read have no passages. */
export interface PassageScope {
  readonly readerId: string;
  readonly attachmentIds: readonly string[];
}

/**
 * Stores the passages of documents, their terms and vectors. They are deleted with their attachment. Methods with an
 * `ownerId` treat another user's attachment as absent. Methods for a reader also see the documents of collections that are
 * shared with everyone, as long as they are.
 */
export interface PassageStore {
  /** Stores the passages of a document, unless it has some. False if the attachment is absent. Idempotent. */
  insert(ownerId: string, attachmentId: string, passages: readonly NewPassage[]): Promise<boolean>;
  /** Returns the state of documents, in the order of `attachmentIds`, null for absent ones. */
  indexing(readerId: string, attachmentIds: readonly string[]): Promise<readonly (Indexing | null)[]>;
  /** Returns the documents of collections that have passages and that the reader may read. */
  searchableIn(readerId: string, collectionIds: readonly string[]): Promise<readonly string[]>;
  /** Returns up to `limit` passages of a document from `number` on, in the order of the document. */
  list(readerId: string, attachmentId: string, from: number, limit: number): Promise<readonly FoundPassage[]>;
  /** Returns those of the document's passages that have these numbers, in the order of the document. */
  findMany(
    readerId: string,
    attachmentId: string,
    numbers: readonly number[],
  ): Promise<readonly FoundPassage[]>;
  /**
   * Ranks passages by BM25 over the terms. Considers at most `maxScanned` passages that have one of them. Returns up to
   * `limit`, best first.
   */
  matching(scope: PassageScope, terms: readonly string[], limit: number): Promise<readonly FoundPassage[]>;
  /**
   * Ranks passages by the distance of their vectors, exactly. Considers the vectors of `model` only, and at most
   * `maxScanned` of them. Returns up to `limit`, nearest first.
   */
  nearest(
    scope: PassageScope,
    model: string,
    vector: Float32Array,
    limit: number,
  ): Promise<readonly FoundPassage[]>;
  /**
   * Claims the document that waits longest: its text isn't split yet, or, unless `model` is null, it lacks vectors of
   * `model`. Until `retryAt` no other caller gets it. Null if none is due at `now`.
   */
  claim(model: string | null, now: Date, retryAt: Date): Promise<DueDocument | null>;
  /** Makes a document due again at `at`. */
  delay(ownerId: string, attachmentId: string, at: Date): Promise<void>;
  /** Makes complete documents without vectors of `model` due at `at`, after the model for embeddings changed. */
  requeue(model: string, at: Date): Promise<void>;
  /** Deletes the vectors of other models, and counts from 0. Nothing changes if the document has vectors of `model`. */
  begin(ownerId: string, attachmentId: string, model: string): Promise<void>;
  /** Returns up to `limit` passages without a vector, in the order of the document. */
  unembedded(ownerId: string, attachmentId: string, limit: number): Promise<readonly Passage[]>;
  /**
   * Stores vectors of `model`. Returns the state of the document; null if it is absent, or if vectors of another model
   * have been begun.
   */
  embed(
    ownerId: string,
    attachmentId: string,
    model: string,
    vectors: readonly { readonly number: number; readonly vector: Float32Array }[],
  ): Promise<Indexing | null>;
}

/** Maximum vectors, and maximum passages with its terms, that a search compares. 10 documents of maximum length seldom have more. */
export const maxScanned = 20_000;
