import type { FailureCode } from '../../errors/failures.ts';
import type { Preset } from '../preset.ts';

/** What running a preset resulted in. */
export interface PresetRun {
  readonly preset: Preset;
  readonly version: number;
  readonly model: string;
  /** Why another model than the preset's answered, as a sentence; null if it is the preset's. */
  readonly modelReason: string | null;
  /** `FAILED`: no answer matched the output schema. */
  readonly status: 'COMPLETED' | 'FAILED';
  readonly error: { readonly code: FailureCode; readonly message: string } | null;
  /** The text of the model; of several answers, separated by blank lines. Kept if the run failed. */
  readonly text: string;
  /** Matches the output schema; null: the preset has none, or the run failed. */
  readonly result: object | null;
  /** The answers that the model gave, repairs included. */
  readonly answers: number;
  readonly repairs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly durationMs: number;
}

export interface RunInput {
  /** By name; not yet checked. */
  readonly variables: unknown;
  /** Null: the preset's. */
  readonly model: string | null;
  /** Runs in the background, with a generation id for each answer. Absent: a person waits. */
  readonly background?: { readonly nextId: () => string };
}
