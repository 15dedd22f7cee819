import type { Phase } from '../limits.ts';

/** Limits how long a server may send nothing while the reader waits: one timer per phase instead of one per chunk. */
export class SilenceTimer {
  phase: Phase;
  readonly #onTimeout: (phase: Phase) => void;
  #timer: NodeJS.Timeout | null = null;
  /** The phase whose limit the timer has. */
  #timed: Phase | null = null;
  #isWaiting = false;

  constructor(phase: Phase, onTimeout: (phase: Phase) => void) {
    this.phase = phase;
    this.#onTimeout = onTimeout;
  }

  /** Starts the time again. `limitMs` returns the limit of a phase, in ms. */
  wait(limitMs: (phase: Phase) => number): void {
    this.#isWaiting = true;
    if (this.#timer !== null && this.#timed === this.phase) {
      this.#timer.refresh();
      return;
    }
    this.end();
    this.#isWaiting = true;
    this.#timed = this.phase;
    this.#timer = setTimeout(() => {
      if (this.#isWaiting) this.#onTimeout(this.phase);
    }, limitMs(this.phase));
  }

  readonly pause = (): void => {
    this.#isWaiting = false;
  };

  end(): void {
    this.#isWaiting = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
