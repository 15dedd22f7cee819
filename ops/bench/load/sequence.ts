/** A token of the upstream: its number in the stream, from 0, and the time it was sent at, on the machine's monotonic clock. */
export interface Token {
  readonly index: number;
  /** In microseconds. */
  readonly sentAtUs: number;
}

/** The time on the monotonic clock that all processes of a machine share, in microseconds. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

export const formatToken = ({ index, sentAtUs }: Token): string => `#${index}@${sentAtUs};`;

/** Tokens that did not arrive exactly once and in order, and text that is no token. */
export interface Faults {
  lost: number;
  doubled: number;
  misordered: number;
  garbled: number;
}

export const noFaults = (): Faults => ({ lost: 0, doubled: 0, misordered: 0, garbled: 0 });

export const countFaults = ({ lost, doubled, misordered, garbled }: Faults): number =>
  lost + doubled + misordered + garbled;

export interface Sequence {
  /** Reads a chunk of the text, in which tokens may be cut anywhere. */
  push(text: string): void;
  /** Ends the stream: counts the tokens that are missing. */
  end(): void;
  readonly faults: Faults;
  /** The number of different tokens so far. */
  readonly received: number;
}

/** Creates the check of one stream of `tokens` tokens. `onToken` gets each token at its first arrival. */
export const createSequence = (tokens: number, onToken: (token: Token) => void): Sequence => {
  const faults = noFaults();
  /** The tokens below `next` that have not arrived. */
  const missing = new Set<number>();
  let next = 0;
  let rest = '';

  const read = (chunk: string) => {
    const match = /^#(\d+)@(\d+)$/.exec(chunk);
    const index = Number(match?.[1]);
    if (!match || index >= tokens) {
      faults.garbled += 1;
      return;
    }
    if (index < next && !missing.delete(index)) {
      faults.doubled += 1;
      return;
    }
    if (index < next) {
      faults.lost -= 1;
      faults.misordered += 1;
    } else {
      for (let skipped = next; skipped < index; skipped += 1) missing.add(skipped);
      faults.lost += index - next;
      next = index + 1;
    }
    onToken({ index, sentAtUs: Number(match[2]) });
  };

  return {
    push(text) {
      const chunks = (rest + text).split(';');
      rest = chunks.pop() ?? '';
      for (const chunk of chunks) read(chunk);
    },
    end() {
      if (rest !== '') faults.garbled += 1;
      rest = '';
      faults.lost += tokens - next;
      for (; next < tokens; next += 1) missing.add(next);
    },
    faults,
    get received() {
      return next - missing.size;
    },
  };
};
