import { setTimeout as sleep } from 'node:timers/promises';
import { engineUnavailable } from '../../errors/failures.ts';
import type { PoolBackend } from './backend.ts';
import type { BackendSlot, BackendSlots } from './backendSlots.ts';
import type { PoolTimes } from './times.ts';

export interface Turn {
  readonly backend: PoolBackend;
  readonly lease: BackendSlot;
}

export interface PoolTurnsOptions {
  readonly backendSlots: BackendSlots;
  /** Requests that run side by side at one backend. */
  readonly slotsPerBackend: number;
  readonly times: Pick<PoolTimes, 'waitMs' | 'uncountedMs'>;
  readonly clock: () => number;
}

/** How often is looked for a place that was freed without a word, as those of a replica that died are; milliseconds. */
const lookMs = 1000;

/** Whose turn it is at which backend: never more side by side at one than it has slots, over all replicas. */
export class PoolTurns {
  readonly #options: PoolTurnsOptions;
  readonly #stopListening: () => void;
  #change = Promise.withResolvers<void>();

  constructor(options: PoolTurnsOptions) {
    this.#options = options;
    this.#stopListening = options.backendSlots.onRelease(() => this.look());
  }

  /** Has everyone who waits look again. */
  look(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }

  /**
   * Waits for a place at one of the backends that `choose` gives, best group first; it is asked anew each time. Throws
   * what `choose` throws, `signal.reason`, and `ENGINE_UNAVAILABLE` where no place became free, or none can be counted.
   */
  async take(choose: () => readonly (readonly PoolBackend[])[], signal: AbortSignal): Promise<Turn> {
    const { slotsPerBackend, backendSlots, clock } = this.#options;
    const { waitMs, uncountedMs } = this.#options.times;
    const until = clock() + waitMs;
    let refusedSince: number | null = null;
    for (;;) {
      const changed = this.#change.promise;
      const groups = choose();
      try {
        const lease = await backendSlots.acquire(namesOf(groups), slotsPerBackend);
        const backend = groups.flat().find(({ name }) => name === lease?.backend);
        if (lease && backend && !signal.aborted) return { backend, lease };
        await lease?.release();
        refusedSince = null;
      } catch (error) {
        refusedSince ??= clock();
        if (clock() - refusedSince > uncountedMs) throw error;
      }
      signal.throwIfAborted();
      if (clock() >= until) {
        throw engineUnavailable(`No Ollama was free for ${Math.round(waitMs / 1000)} s. Try again later.`);
      }
      await this.#pause(changed, Math.min(lookMs * (0.5 + Math.random()), until - clock()), signal);
    }
  }

  close(): void {
    this.#stopListening();
  }

  /** Until `changed`, or `ms` milliseconds are over, or the signal aborts. */
  async #pause(changed: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const limit = sleep(ms, undefined, { signal: either }).catch(() => undefined);
    await Promise.race([changed, limit]);
    over.abort();
    signal.throwIfAborted();
  }
}

/** Among equals by chance, so that replicas don't all start with the same one. */
const namesOf = (groups: readonly (readonly PoolBackend[])[]): readonly (readonly string[])[] =>
  groups.map((group) =>
    group
      .map(({ name }) => ({ name, order: Math.random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ name }) => name),
  );
