import type { GenerationStatus } from './generation.ts';

/** What a generation that is not final has so far. */
export interface JournalEntry {
  /** Goes up when the text may differ from what was sent before: a client's copy from an earlier one is worth nothing. */
  readonly attempt: number;
  readonly status: GenerationStatus;
  readonly text: string;
  readonly thinking: string;
}

/** A piece of text and of thinking. Offsets are in UTF-16 code units. */
export interface JournalDelta {
  readonly attempt: number;
  readonly offset: number;
  readonly delta: string;
  readonly thinkingOffset: number;
  readonly thinkingDelta: string;
}

export interface JournalListener {
  delta(delta: JournalDelta): void;
  /** Status or attempt changed, or deltas may have been lost: read the entry again. */
  changed(): void;
  /** Final: the store has all. */
  ended(): void;
}

/**
 * What became of an append. `superseded`: the entry is of a higher attempt, or the generation has ended; somebody else
 * has it. `mismatch`: the entry is gone, or not as long as `offset` says; `restore` mends it.
 */
export type AppendOutcome = 'appended' | 'superseded' | 'mismatch';

/**
 * The live text of generations: appended to by the one that runs it, read and listened to by any number.
 * `append` writes the text and tells the listeners in one atomic step, so a reader that listens first and reads then
 * sees each character in one or the other.
 */
export interface Journal {
  /** Begins an entry, or begins it anew where `entry.attempt` is higher than that of the one there is; else nothing. */
  begin(id: string, entry: JournalEntry): Promise<void>;
  /** Nothing happens where there is no entry. */
  setStatus(id: string, status: GenerationStatus): Promise<void>;
  /** Appends, or changes nothing and says why. */
  append(id: string, delta: JournalDelta): Promise<AppendOutcome>;
  /** Puts back what the journal lost: the entry is this one now, unless there is one of a higher attempt. */
  restore(id: string, entry: JournalEntry): Promise<void>;
  /** Null where there is none: the generation is final, or nothing of it is known here. */
  read(id: string): Promise<JournalEntry | null>;
  /** Resolves when deltas arrive. Call the result to stop; idempotent. */
  listen(id: string, listener: JournalListener): Promise<() => Promise<void>>;
  /** Removes the entry and tells the listeners, each time. */
  end(id: string): Promise<void>;
  listenerCount(): number;
  close(): Promise<void>;
}
