/** A collection of documents, which its owner names. Conversations choose collections to search. */
export interface DocumentCollection {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description: string | null;
  /** Whether every user may read and search it. */
  readonly isShared: boolean;
  readonly createdAt: Date;
}

export type CollectionPatch = Partial<Pick<DocumentCollection, 'name' | 'description' | 'isShared'>>;

/** The number of documents of a collection, and how far their passages are embedded. */
export interface CollectionSummary {
  readonly documents: number;
  /** The documents whose text isn't split into passages yet. */
  readonly unsplit: number;
  readonly passages: number;
  readonly embedded: number;
}

/** Maximum lengths in UTF-16 units; maximum collections of a user, and documents of a collection. */
export const collectionLimits = {
  name: 200,
  description: 2_000,
  collections: 100,
  documents: 100,
} as const;
