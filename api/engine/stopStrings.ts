/** Cuts a streamed text before the first stop string, which may span several chunks. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Returns the text that is safe to show, and whether a stop string was found. A possible start of one is held back. */
  push(chunk: string): { readonly text: string; readonly stopped: boolean } {
    const text = this.#held + chunk;
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#held = '';
      return { text: text.slice(0, Math.min(...found)), stopped: true };
    }
    const safe = text.length - Math.max(0, ...this.#stops.map((stop) => overlap(text, stop)));
    this.#held = text.slice(safe);
    return { text: text.slice(0, safe), stopped: false };
  }

  /** Returns the text that was held back, at the end of the stream. */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** The length of the longest suffix of `text` that is a proper prefix of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
