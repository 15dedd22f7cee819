import type { Binary, Collection } from 'mongodb';
import type { FoundPassage, Indexing, Passage } from '../passage.ts';

declare module '../../../mongo/collections.ts' {
  interface Collections {
    readonly passages: Collection<PassageDocument>;
  }
}

/** A passage. Its `_id` is unique by attachment and number. */
export interface PassageDocument extends Passage {
  readonly _id: string;
  readonly attachmentId: string;
  readonly ownerId: string;
  readonly terms: readonly string[];
  readonly vector?: Binary;
}

/** The state of an attachment's passages, in the attachment's document. Absent: its text isn't split yet. */
export interface IndexDocument {
  readonly passages: number | null;
  readonly embedded: number;
  readonly model: string | null;
  /** When it is next to be split or embedded; null: it is complete. */
  readonly at: Date | null;
}

/** The filter for attachments with a text, which is split into passages. */
export const withText = { textLength: { $gt: 0 } } as const;

export const indexingOf = (index: IndexDocument | undefined): Indexing => ({
  passages: index?.passages ?? null,
  embedded: index?.embedded ?? 0,
  model: index?.model ?? null,
});

export const passageProjection = { terms: 0, vector: 0, ownerId: 0 } as const;

export const passageOf = ({
  attachmentId,
  number,
  start,
  end,
  page,
  heading,
}: Omit<PassageDocument, 'terms' | 'vector' | 'ownerId'>): FoundPassage => ({
  attachmentId,
  number,
  start,
  end,
  page,
  heading,
});
