/** Text that may gather before the engine is made to wait, in UTF-16 code units. */
const most = 64 * 1024;

export interface Piece {
  readonly text: string;
  readonly thinking: string;
}

/**
 * Gathers tokens into flushes: the first goes at once, later ones at most every `everyMs`. One flush at a time, in
 * order; while one is under way the next gathers, and past a bound `add` waits for it, so a slow journal slows the
 * engine and memory stays bounded.
 */
export interface Flusher {
  add(piece: Piece): Promise<void>;
  /** Sends what is left and waits for all of it. Rejects with the first error of any flush. */
  finish(): Promise<void>;
}

export const createFlusher = (everyMs: number, flush: (piece: Piece) => Promise<void>): Flusher => {
  let gathered: Piece = { text: '', thinking: '' };
  let underWay: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;

  const send = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    underWay = underWay.then(async () => {
      const piece = gathered;
      if (failure || (piece.text === '' && piece.thinking === '')) return;
      gathered = { text: '', thinking: '' };
      lastAt = performance.now();
      await flush(piece).catch((error: unknown) => {
        failure = { error };
      });
    });
  };

  return {
    async add(piece) {
      if (failure) throw failure.error;
      gathered = { text: gathered.text + piece.text, thinking: gathered.thinking + piece.thinking };
      const wait = lastAt + everyMs - performance.now();
      if (wait <= 0) send();
      else timer ??= setTimeout(send, wait);
      if (gathered.text.length + gathered.thinking.length > most) {
        send();
        await underWay;
      }
    },
    async finish() {
      send();
      await underWay;
      if (failure) throw failure.error;
    },
  };
};
