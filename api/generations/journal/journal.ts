import type { GenerationStatus } from '../generation.ts';

/** The state of a generation that isn't final. */
export interface JournalEntry {
  /** Incremented when the text may differ from what was sent before: a client must discard the text of a lower attempt. */
  readonly attempt: number;
  readonly status: GenerationStatus;
  readonly text: string;
  readonly thinking: string;
}

/** A chunk of text and of thinking. Offsets are in UTF-16 code units. */
export interface JournalDelta {
  readonly attempt: number;
  readonly offset: number;
  readonly delta: string;
  readonly thinkingOffset: number;
  readonly thinkingDelta: string;
}

export interface JournalListener {
  delta(delta: JournalDelta): void;
  /** The status or the attempt changed, or deltas may have been lost: read the entry again. */
  changed(): void;
  /** `attempt` has ended, and the store has its text. A higher attempt may begin at any time. */
  ended(attempt: number): void;
}

/**
 * The outcome of an append. `superseded`: a higher attempt has begun, or this one or a higher one has ended.
 * `mismatch`: the entry is missing, or not as long as `offset` says; `restore` repairs it.
 */
export type AppendOutcome = 'appended' | 'superseded' | 'mismatch';

/** The attempt that blocked a write, because it is higher or has ended. Null if the write succeeded. */
export type Blocked = number | null;

/**
 * The live text of generations: one worker appends to an entry, any number of readers read and listen.
 * `append` writes the text and notifies the listeners in one atomic step, so a reader that listens first and reads then
 * sees each character in one or the other.
 *
 * Attempts fence every write: each method compares the attempt in the same atomic step as it writes, and a lower attempt
 * changes nothing and notifies no reader. `end` leaves a mark of its attempt for at least ten minutes, as long as the
 * journal keeps its data, so that a late write doesn't bring an ended entry back.
 */
export interface Journal {
  /**
   * Begins an entry, and replaces one of a lower attempt. An entry of the same attempt keeps its text; if it is `QUEUED`, it
   * gets the status. Does nothing if the attempt has ended, or a higher one has begun or ended, and returns that one.
   */
  begin(id: string, entry: JournalEntry): Promise<Blocked>;
  /** Does nothing unless the entry is of this attempt. */
  setStatus(id: string, attempt: number, status: GenerationStatus): Promise<void>;
  /** Appends, or changes nothing and returns the reason. An empty delta tells listeners that the stored row has changed. */
  append(id: string, delta: JournalDelta): Promise<AppendOutcome>;
  /**
   * Replaces the entry with this one, to repair what the journal lost. Does nothing if the attempt has ended, or a higher
   * one has begun or ended, and returns that one.
   */
  restore(id: string, entry: JournalEntry): Promise<Blocked>;
  /** Null if there is no entry: the generation is final, or the journal doesn't know it. */
  read(id: string): Promise<JournalEntry | null>;
  /** Subscribes. Resolves once notifications arrive. Call the result to stop; idempotent. */
  listen(id: string, listener: JournalListener): Promise<() => Promise<void>>;
  /**
   * Ends this attempt and all lower ones: removes their entry and notifies the listeners, at each call. Does nothing
   * if a higher attempt has begun or ended.
   */
  end(id: string, attempt: number): Promise<void>;
  listenerCount(): number;
  close(): Promise<void>;
}
