interface Waiter<Slot> {
  readonly grant: (slot: Slot) => void;
  readonly choose: (free: readonly Slot[]) => Slot | undefined;
}

/** A fixed set of slots, each held by one holder at a time. When all are held, callers wait, first come first served. */
export class SlotPool<Slot> {
  readonly size: number;
  readonly #free: Slot[];
  readonly #waiters = new Set<Waiter<Slot>>();

  constructor(slots: readonly Slot[]) {
    this.size = slots.length;
    this.#free = [...slots];
  }

  /**
   * Acquires the free slot that `choose` prefers, by default the first, and waits while none is free. Throws
   * `signal.reason` if the signal aborts first.
   */
  acquire(
    signal: AbortSignal,
    choose: (free: readonly Slot[]) => Slot | undefined = ([first]) => first,
  ): Promise<Slot> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiters.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter<Slot> = {
        choose,
        grant: (slot) => {
          signal.removeEventListener('abort', abort);
          resolve(slot);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
      this.#serveWaiters();
    });
  }

  release(slot: Slot): void {
    this.#free.push(slot);
    this.#serveWaiters();
  }

  #serveWaiters(): void {
    for (const waiter of this.#waiters) {
      const [first] = this.#free;
      if (first === undefined) return;
      const chosen = waiter.choose(this.#free) ?? first;
      this.#free.splice(this.#free.indexOf(chosen), 1);
      this.#waiters.delete(waiter);
      waiter.grant(chosen);
    }
  }
}
