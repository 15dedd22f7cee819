/** A part of a document's text that is found, put into a prompt and cited on its own. */
export interface Passage {
  /** Its position in the document, from 0. */
  readonly number: number;
  /** The range of the document's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The page of a PDF, or the slide of a presentation; null for other formats. */
  readonly page: number | null;
  /** The heading above it, the sheet of a workbook, or the symbol of code; null if there is none. */
  readonly heading: string | null;
}

/** A passage to store, with the terms under which full text finds it. */
export interface NewPassage extends Passage {
  readonly terms: readonly string[];
}

/** A passage of one of several documents. */
export interface FoundPassage extends Passage {
  readonly attachmentId: string;
}

/** How far a document's passages are embedded. */
export interface Indexing {
  /** The number of passages; null until the text is split. */
  readonly passages: number | null;
  /** How many of them have a vector of `model`. */
  readonly embedded: number;
  /** The model of the vectors, with its digest; null: no vector yet. */
  readonly model: string | null;
}

/** Limits of passages. */
export const passageLimits = {
  /** The length that passages of continuous text have about, and the longest one, in UTF-16 units. */
  length: 1_200,
  maxLength: 1_600,
  /** The length from which a heading begins a new passage; shorter sections are joined. */
  minLength: 300,
  /** The length of a stored heading. */
  heading: 120,
  /** Passages of a document: more than a text of maximum length and page count can have. */
  count: 10_000,
} as const;

/** Returns the text to embed for a passage: its heading, unless the passage has it, and the passage. `text` is the document's. */
export const embeddedText = (text: string, { start, end, heading }: Passage): string => {
  const part = text.slice(start, end);
  return heading !== null && !part.includes(heading) ? `${heading}\n${part}` : part;
};
