import { randomUUID } from 'node:crypto';
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

/** What a request waits for. */
export interface SlotRequest {
  /** Returns the backends, best group first. Each try calls it again. */
  choose(): readonly (readonly PoolBackend[])[];
  /** The result of `takePlace`: requests get free slots in its order. */
  readonly place: string;
  /** Whether it waits until the signal aborts, instead of `waitMs`. */
  readonly waits: boolean;
}

/** The queue of requests for a slot at a backend. Limits the running requests of each backend, over all replicas. */
export class SlotWaiters {
  readonly #options: SlotWaitersOptions;
  readonly #stopListening: () => void;
  #change = Promise.withResolvers<void>();
  #places = 0;

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

  /** Returns a place behind all earlier ones; those of other replicas are compared by the time. */
  takePlace(): string {
    this.#places += 1;
    const time = String(Date.now()).padStart(15, '0');
    return `${time}.${String(this.#places).padStart(12, '0')}.${randomUUID()}`;
  }

  /**
   * Waits for a slot at one of the backends that `choose` returns. Throws what `choose` throws, `signal.reason`, and, unless
   * the request `waits`, `ENGINE_UNAVAILABLE` if no slot became free in time, and the failure of the count if that stays
   * unavailable.
   */
  async acquire(request: SlotRequest, signal: AbortSignal): Promise<AcquiredSlot> {
    let acquired: AcquiredSlot | null = null;
    try {
      acquired = await this.#acquire(request, signal);
      return acquired;
    } finally {
      // Not awaited: it takes a while if Redis is unavailable.
      if (!acquired) void this.#options.backendSlots.leave(request.place);
    }
  }

  async #acquire({ choose, place, waits }: SlotRequest, signal: AbortSignal): Promise<AcquiredSlot> {
    const { slotsPerBackend, backendSlots, clock } = this.#options;
    const { waitMs, uncountedMs } = this.#options.times;
    const giveUpAt = waits ? Number.POSITIVE_INFINITY : clock() + waitMs;
    let failingSince: number | null = null;
    for (;;) {
      const changed = this.#change.promise;
      const groups = choose();
      try {
        const slot = await backendSlots.acquire(shuffledNames(groups), slotsPerBackend, place);
        const backend = groups.flat().find(({ name }) => name === slot?.backend);
        if (slot && backend && !signal.aborted) return { backend, slot };
        await slot?.release();
        failingSince = null;
      } catch (error) {
        failingSince ??= clock();
        if (!waits && clock() - failingSince > uncountedMs) throw error;
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
