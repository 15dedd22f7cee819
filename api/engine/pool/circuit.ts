/** `closed`: in use. `open`: left alone for a while. `half-open`: the while is over, one may try. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  /** How many failures in a row open it. */
  readonly threshold: number;
  /** How long it stays open at first, in milliseconds. It grows with each try that fails. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/** Keeps away from what fails: opens after some failures in a row, lets one try now and then, closes on a success. */
export class Circuit {
  readonly #options: CircuitOptions;
  #failures = 0;
  /** Null while closed. */
  #openUntil: number | null = null;
  #tries = 0;
  #isTrying = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    if (this.#openUntil === null) return 'closed';
    return this.#options.clock() < this.#openUntil ? 'open' : 'half-open';
  }

  /** In a row, while closed. */
  get failures(): number {
    return this.#failures;
  }

  /** How long it stays open yet, in milliseconds. */
  get retryInMs(): number {
    return this.#openUntil === null ? 0 : Math.max(0, this.#openUntil - this.#options.clock());
  }

  /** Says that a try begins. While half-open it is the only one until it ends, or the same while is over again. */
  attempt(): void {
    if (this.state !== 'half-open') return;
    this.#isTrying = true;
    this.#openUntil = this.#options.clock() + this.#backoff();
  }

  /** `isCertain` opens it at once. While it is open, only the failure of a try counts: others began before. */
  failed(isCertain = false): void {
    if (this.#openUntil === null) {
      this.#failures += 1;
      if (!isCertain && this.#failures < this.#options.threshold) return;
    } else if (!this.#isTrying) {
      return;
    }
    this.#isTrying = false;
    this.#openUntil = this.#options.clock() + this.#backoff();
    this.#tries += 1;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = null;
    this.#tries = 0;
    this.#isTrying = false;
  }

  /** Twice as long each time, a little by chance, so that replicas don't come back in step. */
  #backoff(): number {
    const { backoffMs, maxBackoffMs } = this.#options;
    return Math.min(backoffMs * 2 ** Math.min(this.#tries, 20), maxBackoffMs) * (0.75 + Math.random() / 4);
  }
}
