import type { EngineMode } from '../engine.ts';

/** What a replica's process needs to start, as JSON in its first argument. */
export interface ReplicaOptions {
  readonly redisUrl: string;
  /** The prefix of all keys in Redis. */
  readonly prefix: string;
  readonly mongodbUrl: string;
  readonly databaseName: string;
  readonly seed: number;
  /** The first number of its engine's runs. */
  readonly firstRun: number;
  /** A known defect that is applied first. */
  readonly defect: string | null;
  /** Whether it prints its log. */
  readonly isTraced: boolean;
}

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  /** `code` is null if the error isn't a `Failure`. */
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly code: string | null;
      readonly message: string;
    }
  /** Its engine has completed this text. */
  | { readonly kind: 'completed'; readonly text: string }
  | {
      readonly kind: 'usage';
      readonly step: UsageStep;
      readonly generationId: string;
      readonly attempt: number;
    };

/**
 * `ended`: an attempt has ended its generation. `uncertain`: it may have, but the store's reply was lost. `counted`: its
 * usage was counted.
 */
export type UsageStep = 'ended' | 'uncertain' | 'counted';

export type SetMode = (mode: EngineMode) => Promise<void>;
