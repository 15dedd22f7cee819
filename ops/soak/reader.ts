import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';
import type { Target, Watch } from './transports.ts';

/** The text of a generation that a reader has assembled, and where it resumes. */
export interface Copy {
  text: string;
  cursor: number;
  attempt: number;
  status: string;
}

export interface ReaderDeps {
  readonly name: string;
  readonly random: Random;
  readonly watch: Watch;
  readonly anyTarget: () => Target;
  /** Called with each broken guarantee. */
  readonly violated: (message: string) => void;
  /** Called when a connection ended before the generation did. */
  readonly reconnected: () => void;
}

/** The chance that a reader leaves after an event, and the pause before it connects again, in ms. */
const leaveChance = 0.01;
const reconnectMs = 200;
/** A connection without an event for this time is closed, in ms: its replica may be paused. */
const silenceMs = 20_000;

const isFinal = (status: string): boolean => status !== 'QUEUED' && status !== 'RUNNING';

/** A client that reads generations to their ends, and resumes where it was after it was cut off or left. */
export class SoakReader {
  /** What it has of each generation. */
  readonly copies = new Map<string, Copy>();
  readonly #deps: ReaderDeps;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  /** Reads a generation until it has ended, or until the signal aborts. */
  async read(id: string, signal: AbortSignal): Promise<void> {
    const copy = this.copies.get(id) ?? { text: '', cursor: 0, attempt: 0, status: 'QUEUED' };
    this.copies.set(id, copy);
    while (!signal.aborted) {
      if (await this.#readOnce(id, copy, signal)) return;
      this.#deps.reconnected();
      await sleep(reconnectMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Returns whether the generation has ended. */
  async #readOnce(id: string, copy: Copy, signal: AbortSignal): Promise<boolean> {
    const { watch, anyTarget, random } = this.#deps;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    const events = watch(anyTarget(), id, copy.cursor, AbortSignal.any([signal, silence.signal]));
    try {
      for await (const event of events) {
        timer.refresh();
        this.#check(id, copy, event);
        copy.text = copy.text.slice(0, event.offset) + event.delta;
        copy.cursor = event.cursor;
        copy.attempt = event.attempt;
        copy.status = event.status;
        if (isFinal(event.status)) return true;
        if (random.chance(leaveChance)) return false;
      }
      return false;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  #check(id: string, copy: Copy, event: { readonly offset: number; delta: string; attempt: number }): void {
    const { name, violated } = this.#deps;
    const { offset, delta, attempt } = event;
    if (attempt < copy.attempt) violated(`${name}: ${id} went from attempt ${copy.attempt} to ${attempt}`);
    if (offset > copy.text.length) {
      violated(`${name}: ${id} got offset ${offset}, and has ${copy.text.length} characters`);
    }
    if (attempt !== copy.attempt) {
      if (offset !== 0) violated(`${name}: attempt ${attempt} of ${id} begins at offset ${offset}`);
    } else if (!(copy.text.slice(0, offset) + delta).startsWith(copy.text)) {
      violated(`${name}: the text of attempt ${attempt} of ${id} changed at offset ${offset}`);
    }
  }
}
