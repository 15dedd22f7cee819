import type { Viewer } from '../../api/access/viewer.ts';
import { Failure } from '../../api/errors/failures.ts';
import { isFinal } from '../../api/generations/generation.ts';
import type { GenerationEvent } from '../../api/generations/watch/watch.ts';
import { untilReturn } from '../../api/realtime/untilReturn.ts';
import type { Oracle } from './oracle.ts';
import type { Replica } from './replica.ts';
import { inContext, type Scheduler } from './scheduler.ts';
import { Violation } from './violation.ts';

/** Where a client may go on from: what it had when it got a cursor. */
interface Place {
  readonly cursor: number;
  readonly attempt: number;
  readonly text: string;
}

export interface ReaderDeps {
  readonly scheduler: Scheduler;
  readonly oracle: Oracle;
  /** A replica that takes connections; null where none does now. */
  readonly anyReplica: () => Replica | null;
  readonly isThere: (id: string) => boolean;
}

const beginning: Place = { cursor: 0, attempt: 0, text: '' };
const reconnectMs = 250;

/** A client that watches one generation and assembles its text as every client does: by offset. */
export class Reader {
  state: 'reading' | 'stalled' | 'left' | 'ended' = 'reading';
  readonly id: string;
  readonly #deps: ReaderDeps;
  readonly #viewer: Viewer;
  readonly #places: Place[] = [beginning];
  #connection: { readonly replica: Replica; readonly events: AsyncGenerator<GenerationEvent> } | null = null;
  /** Whether it would read on if it were not stalled. */
  #waits = false;
  /** Whether it got a final status. */
  #isTold = false;

  constructor(deps: ReaderDeps, viewer: Viewer, id: string) {
    this.#deps = deps;
    this.#viewer = viewer;
    this.id = id;
  }

  get replica(): Replica | null {
    return this.#connection?.replica ?? null;
  }

  /** Connects with a cursor that it got before: the last one, or an earlier one. */
  connect(back = 0): void {
    const replica = this.#deps.anyReplica();
    if (!replica) {
      this.#reconnectLater();
      return;
    }
    this.state = 'reading';
    this.#places.splice(Math.max(1, this.#places.length - back));
    const { process } = replica;
    const after = this.#last.cursor;
    const events = inContext({ process }, () =>
      untilReturn((signal) => replica.generations.watch(this.#viewer, { id: this.id, after }, signal)),
    );
    this.#connection = { replica, events };
    this.#pull();
  }

  /** Reads no more for now, as a socket does that its client doesn't drain. */
  stall(): void {
    if (this.state === 'reading') this.state = 'stalled';
  }

  resume(): void {
    if (this.state !== 'stalled') return;
    this.state = 'reading';
    if (this.#connection === null) this.#reconnectLater();
    else if (this.#waits) this.#pull();
  }

  leave(): void {
    if (this.state === 'ended') return;
    this.state = 'left';
    this.#waits = false;
    const left = this.#connection;
    this.#connection = null;
    if (!left) return;
    const { process } = left.replica;
    this.#deps.scheduler.add(`reader of ${this.id} leaves`, () => void left.events.return(undefined), {
      context: { process },
    });
  }

  /** Its connection is gone with its replica. */
  disconnected(): void {
    this.#connection = null;
    this.#waits = false;
    if (this.state === 'stalled') this.state = 'reading';
    if (this.state === 'reading') this.#reconnectLater();
  }

  get #last(): Place {
    return this.#places.at(-1) ?? beginning;
  }

  #reconnectLater(): void {
    const { scheduler } = this.#deps;
    const connect = () => this.state === 'reading' && this.#connection === null && this.connect();
    scheduler.add(`reader of ${this.id} reconnects`, connect, { delayMs: reconnectMs });
  }

  #pull(): void {
    this.#waits = false;
    const connection = this.#connection;
    if (!connection) return;
    const { events, replica } = connection;
    const isCurrent = () => this.#connection === connection && this.state !== 'left';
    const pull = () => {
      if (!isCurrent()) return;
      events.next().then(
        (next) => isCurrent() && (next.done ? this.#end() : this.#get(next.value)),
        (error: unknown) => isCurrent() && this.#failed(error),
      );
    };
    this.#deps.scheduler.add(`reader of ${this.id} reads`, pull, { context: { process: replica.process } });
  }

  #get(event: GenerationEvent): void {
    const text = this.#deps.oracle.sees(this.id, this.#last, event);
    const { attempt, cursor, status } = event;
    this.#places.push({ cursor, attempt, text });
    if (isFinal(status)) this.#isTold = true;
    if (this.state === 'stalled') this.#waits = true;
    else this.#pull();
  }

  #end(): void {
    this.state = 'ended';
    this.#connection = null;
    const isMissing = !this.#isTold && this.#deps.isThere(this.id);
    if (isMissing)
      this.#deps.oracle.violation ??= new Violation(`a reader of ${this.id} was not told its end`);
  }

  #failed(error: unknown): void {
    this.#connection = null;
    if (error instanceof Failure && error.code === 'ENGINE_UNAVAILABLE') {
      this.#reconnectLater();
      return;
    }
    const isGone = error instanceof Failure && error.code === 'NOT_FOUND' && !this.#deps.isThere(this.id);
    if (isGone) this.state = 'ended';
    else this.#deps.oracle.violation ??= new Violation(`a reader of ${this.id} failed: ${error}`);
  }
}
