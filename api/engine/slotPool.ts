interface Waiter<Slot> {
  readonly lend: (slot: Slot) => void;
  readonly choose: (free: readonly Slot[]) => Slot | undefined;
}

/** A fixed set of slots, each lent to one borrower at a time. Who finds none free waits in line, first come first served. */
export class Slots<Slot> {
  readonly size: number;
  readonly #free: Slot[];
  readonly #waiting = new Set<Waiter<Slot>>();

  constructor(slots: readonly Slot[]) {
    this.size = slots.length;
    this.#free = [...slots];
  }

  /**
   * Lends the free slot that `choose` prefers, now or when the turn comes. Throws `signal.reason` when the signal
   * aborts before that; the place in line is then given up.
   */
  acquire(
    signal: AbortSignal,
    choose: (free: readonly Slot[]) => Slot | undefined = ([first]) => first,
  ): Promise<Slot> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter<Slot> = {
        choose,
        lend: (slot) => {
          signal.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiter);
      this.#serve();
    });
  }

  release(slot: Slot): void {
    this.#free.push(slot);
    this.#serve();
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      const [first] = this.#free;
      if (first === undefined) return;
      const chosen = waiter.choose(this.#free) ?? first;
      this.#free.splice(this.#free.indexOf(chosen), 1);
      this.#waiting.delete(waiter);
      waiter.lend(chosen);
    }
  }
}
