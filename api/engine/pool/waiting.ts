import { setTimeout as sleep } from 'node:timers/promises';
import { engineUnavailable } from '../../errors/failures.ts';
import type { PoolBackend } from './backend.ts';
import type { BackendSlot, BackendSlots } from './backendSlots.ts';
import type { PoolTimes } from './times.ts';

export interface AcquiredSlot {
  readonly backend: PoolBackend;
  readonly slot: BackendSlot;
}

export interface SlotWaitersOptions {
  readonly backendSlots: BackendSlots;
  /** Maximum requests that run at once at one backend. */
  readonly slotsPerBackend: number;
  readonly times: Pick<PoolTimes, 'waitMs' | 'uncountedMs'>;
  readonly clock: () => number;
}

/** The interval between two polls, in ms. Polling finds slots that expired without a notification. */
const pollMs = 1000;

/** The queue of requests for a slot at a backend. Limits the running requests of each backend, over all replicas. */
export class SlotWaiters {
  readonly #options: SlotWaitersOptions;
  readonly #stopListening: () => void;
  #change = Promise.withResolvers<void>();

  constructor(options: SlotWaitersOptions) {
    this.#options = options;
    this.#stopListening = options.backendSlots.onRelease(() => this.wake());
  }

  /** Makes all waiters try again at once. */
  wake(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }

  /**
   * Waits for a slot at one of the backends that `choose` returns, best group first; each try calls it again. Throws what
   * `choose` throws, `signal.reason`, and `ENGINE_UNAVAILABLE` if no slot became free in time. Throws the failure of the
   * count if that stays unavailable.
   */
  async acquire(
    choose: () => readonly (readonly PoolBackend[])[],
    signal: AbortSignal,
  ): Promise<AcquiredSlot> {
    const { slotsPerBackend, backendSlots, clock } = this.#options;
    const { waitMs, uncountedMs } = this.#options.times;
    const giveUpAt = clock() + waitMs;
    let failingSince: number | null = null;
    for (;;) {
      const changed = this.#change.promise;
      const groups = choose();
      try {
        const slot = await backendSlots.acquire(shuffledNames(groups), slotsPerBackend);
        const backend = groups.flat().find(({ name }) => name === slot?.backend);
        if (slot && backend && !signal.aborted) return { backend, slot };
        await slot?.release();
        failingSince = null;
      } catch (error) {
        failingSince ??= clock();
        if (clock() - failingSince > uncountedMs) throw error;
      }
      signal.throwIfAborted();
      if (clock() >= giveUpAt) {
        throw engineUnavailable(`No engine was free for ${Math.round(waitMs / 1000)} s. Try again later.`);
      }
      await this.#pause(changed, Math.min(pollMs * (0.5 + Math.random()), giveUpAt - clock()), signal);
    }
  }

  close(): void {
    this.#stopListening();
  }

  /** Resolves on `changed`, or after `ms`. Throws `signal.reason` when the signal aborts. */
  async #pause(changed: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const timeout = sleep(ms, undefined, { signal: either }).catch(() => undefined);
    await Promise.race([changed, timeout]);
    over.abort();
    signal.throwIfAborted();
  }
}

/** Shuffles each group, so that replicas don't all start with the same backend. */
const shuffledNames = (groups: readonly (readonly PoolBackend[])[]): readonly (readonly string[])[] =>
  groups.map((group) =>
    group
      .map(({ name }) => ({ name, order: Math.random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ name }) => name),
  );
