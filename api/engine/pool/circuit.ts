/** `closed`: in use. `open`: not used during the backoff. `half-open`: the backoff is over, one attempt may start. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  /** The number of consecutive failures that opens the circuit. */
  readonly threshold: number;
  /** The first backoff and the maximum, in ms. The backoff doubles with each failed attempt. */
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

  /** The number of consecutive failures while closed. */
  get failures(): number {
    return this.#failures;
  }

  /** The remaining backoff, in ms. */
  get retryInMs(): number {
    return this.#openUntil === null ? 0 : Math.max(0, this.#openUntil - this.#options.clock());
  }

  /** Starts an attempt. A half-open circuit allows no second attempt until the first ends or another backoff is over. */
  attempt(): void {
    if (this.state !== 'half-open') return;
    this.#isAttempting = true;
    this.#openUntil = this.#options.clock() + this.#backoff();
  }

  /**
   * Records a failure. `isCertain` opens the circuit at once. While open, only the failure of an attempt counts: other
   * requests began before the circuit opened.
   */
  recordFailure(isCertain = false): void {
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

  /** Records a success, which closes the circuit. */
  recordSuccess(): void {
    this.#failures = 0;
    this.#openUntil = null;
    this.#failedAttempts = 0;
    this.#isAttempting = false;
  }

  /** Returns the backoff in ms, with jitter, so that replicas don't retry at the same moment. */
  #backoff(): number {
    const { backoffMs, maxBackoffMs } = this.#options;
    const ms = Math.min(backoffMs * 2 ** Math.min(this.#failedAttempts, 20), maxBackoffMs);
    return ms * (0.75 + Math.random() / 4);
  }
}
