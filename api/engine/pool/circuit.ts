/** `closed`: in use. `open`: not used during the backoff. `half-open`: the backoff is over, one attempt may start. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  /** The consecutive failures that open it. */
  readonly threshold: number;
  /** The first backoff and the cap of the later ones, in ms. It doubles with each failed attempt. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A monotonic clock, in ms. */
  readonly clock: () => number;
}

/** A circuit breaker: opens after consecutive failures, allows one attempt after each backoff, closes on a success. */
export class Circuit {
  readonly #options: CircuitOptions;
  #failures = 0;
  /** Null while closed. */
  #openUntil: number | null = null;
  #failedAttempts = 0;
  #isAttempting = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    if (this.#openUntil === null) return 'closed';
    return this.#options.clock() < this.#openUntil ? 'open' : 'half-open';
  }

  /** The consecutive failures while closed. */
  get failures(): number {
    return this.#failures;
  }

  /** The rest of the backoff, in ms. */
  get retryInMs(): number {
    return this.#openUntil === null ? 0 : Math.max(0, this.#openUntil - this.#options.clock());
  }

  /** Starts an attempt. A half-open circuit allows no other one until it ends, or another backoff is over. */
  attempt(): void {
    if (this.state !== 'half-open') return;
    this.#isAttempting = true;
    this.#openUntil = this.#options.clock() + this.#backoff();
  }

  /** `isCertain` opens it at once. While open, only the failure of an attempt counts: other requests began earlier. */
  failed(isCertain = false): void {
    if (this.#openUntil === null) {
      this.#failures += 1;
      if (!isCertain && this.#failures < this.#options.threshold) return;
    } else if (!this.#isAttempting) {
      return;
    }
    this.#isAttempting = false;
    this.#openUntil = this.#options.clock() + this.#backoff();
    this.#failedAttempts += 1;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = null;
    this.#failedAttempts = 0;
    this.#isAttempting = false;
  }

  /** Doubles each time, with jitter, so that replicas don't retry in step. */
  #backoff(): number {
    const { backoffMs, maxBackoffMs } = this.#options;
    const ms = Math.min(backoffMs * 2 ** Math.min(this.#failedAttempts, 20), maxBackoffMs);
    return ms * (0.75 + Math.random() / 4);
  }
}
