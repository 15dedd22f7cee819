import type { Viewer } from '../../api/access/viewer.ts';
import { Failure, isUnavailable } from '../../api/errors/failures.ts';
import type { AnswerText } from '../../api/generations/answerSource.ts';
import { isFinal } from '../../api/generations/generation.ts';
import type { Generations } from '../../api/generations/service.ts';
import type { GenerationEvent } from '../../api/generations/watch/watch.ts';
import { abortOnReturn } from '../../api/realtime/abortOnReturn.ts';
import type { Oracle } from './oracle.ts';
import { type Context, inContext, type Process } from './scheduler.ts';
import { Violation } from './violation.ts';

/** What a client had when it got a cursor, from which it may resume. */
interface ResumePoint extends AnswerText {
  readonly cursor: number;
  readonly attempt: number;
}

interface Connection {
  readonly replica: ReadReplica;
  readonly events: AsyncGenerator<GenerationEvent>;
  /** Whether it has sent an event, and a final status, after which nothing may follow. */
  hasBegun: boolean;
  hasEnded: boolean;
}

/** A replica, as far as a reader uses it. */
export interface ReadReplica {
  readonly process: Process;
  readonly generations: Pick<Generations, 'watch'>;
}

export interface ReaderDeps {
  readonly scheduler: {
    /** Runs a step of a client, after a delay. */
    add(
      label: string,
      run: () => void,
      options?: { readonly context?: Context; readonly delayMs?: number },
    ): unknown;
  };
  readonly oracle: Pick<Oracle, 'checkEvent' | 'violation'>;
  /** Returns a replica that accepts connections, or null. */
  readonly anyReplica: () => ReadReplica | null;
  readonly exists: (id: string) => boolean;
}

const beginning: ResumePoint = { cursor: 0, attempt: 0, text: '', thinking: '' };
const reconnectMs = 250;

/** A client that watches one generation and assembles its text by offset. */
export class Reader {
  state: 'reading' | 'stalled' | 'disconnected' | 'ended' = 'reading';
  readonly id: string;
  readonly #deps: ReaderDeps;
  readonly #viewer: Viewer;
  readonly #received: ResumePoint[] = [beginning];
  #connection: Connection | null = null;
  /** Whether it has to read the next event when it is resumed. */
  #hasPendingRead = false;
  /** Whether it has received a final status. */
  #hasEnd = false;
  /** The events that were offered to it while it waited. */
  #offered = 0;

  constructor(deps: ReaderDeps, viewer: Viewer, id: string) {
    this.#deps = deps;
    this.#viewer = viewer;
    this.id = id;
  }

  get replica(): ReadReplica | null {
    return this.#connection?.replica ?? null;
  }

  /** Connects with the last cursor, or the one `back` events before. */
  connect(back = 0): void {
    const replica = this.#deps.anyReplica();
    if (!replica) {
      this.#reconnectLater();
      return;
    }
    this.state = 'reading';
    this.#received.splice(Math.max(1, this.#received.length - back));
    const { process } = replica;
    const after = this.#last.cursor;
    const request = { id: this.id, after };
    const send = (event: GenerationEvent) => this.#connection?.events === events && this.#accept(event);
    const events: AsyncGenerator<GenerationEvent> = inContext({ process }, () =>
      abortOnReturn((signal) => replica.generations.watch(this.#viewer, request, signal, send)),
    );
    this.#connection = { replica, events, hasBegun: false, hasEnded: false };
    this.#pull();
  }

  /** Stops reading for a while, like a client that doesn't drain its socket. */
  stall(): void {
    if (this.state === 'reading') this.state = 'stalled';
  }

  resume(): void {
    if (this.state !== 'stalled') return;
    this.state = 'reading';
    if (this.#connection === null) this.#reconnectLater();
    else if (this.#hasPendingRead) this.#pull();
  }

  disconnect(): void {
    if (this.state === 'ended') return;
    this.state = 'disconnected';
    this.#hasPendingRead = false;
    const connection = this.#connection;
    this.#connection = null;
    if (!connection) return;
    const { replica, events } = connection;
    this.#deps.scheduler.add(`reader of ${this.id} disconnects`, () => void events.return(undefined), {
      context: { process: replica.process },
    });
  }

  /** Call it when its replica has died. */
  connectionLost(): void {
    this.#connection = null;
    this.#hasPendingRead = false;
    if (this.state === 'stalled') this.state = 'reading';
    if (this.state === 'reading') this.#reconnectLater();
  }

  get #last(): ResumePoint {
    return this.#received.at(-1) ?? beginning;
  }

  #reconnectLater(): void {
    const { scheduler } = this.#deps;
    const connect = () => this.state === 'reading' && this.#connection === null && this.connect();
    scheduler.add(`reader of ${this.id} reconnects`, connect, { delayMs: reconnectMs });
  }

  #pull(): void {
    this.#hasPendingRead = false;
    const connection = this.#connection;
    if (!connection) return;
    const { events, replica } = connection;
    const isCurrent = () => this.#connection === connection && this.state !== 'disconnected';
    const pull = () => {
      if (!isCurrent()) return;
      events.next().then(
        (next) => isCurrent() && (next.done ? this.#end() : this.#get(next.value)),
        (error: unknown) => isCurrent() && this.#failed(error),
      );
    };
    this.#deps.scheduler.add(`reader of ${this.id} reads`, pull, { context: { process: replica.process } });
  }

  /** Takes an event that arises while it waits for one, unless its socket is busy: every third time, and while it stalls. */
  #accept(event: GenerationEvent): boolean {
    this.#offered += 1;
    if (this.state !== 'reading' || this.#offered % 3 === 0) return false;
    this.#receive(event);
    return true;
  }

  #receive(event: GenerationEvent): void {
    const { oracle } = this.#deps;
    const connection = this.#connection;
    if (connection?.hasEnded) {
      oracle.violation ??= new Violation(`a reader of ${this.id} got an event after a final status`);
    }
    const isConnected = connection?.hasBegun ?? false;
    const text = oracle.checkEvent(this.id, { ...this.#last, isConnected }, event);
    const { attempt, cursor, status } = event;
    if (connection) connection.hasBegun = true;
    if (connection && isFinal(status)) connection.hasEnded = true;
    this.#received.push({ cursor, attempt, ...text });
  }

  #get(event: GenerationEvent): void {
    this.#receive(event);
    const { status } = event;
    if (isFinal(status)) this.#hasEnd = true;
    if (this.state === 'stalled') this.#hasPendingRead = true;
    else this.#pull();
  }

  #end(): void {
    this.state = 'ended';
    this.#connection = null;
    const isMissing = !this.#hasEnd && this.#deps.exists(this.id);
    if (isMissing)
      this.#deps.oracle.violation ??= new Violation(`a reader of ${this.id} got no final status`);
  }

  #failed(error: unknown): void {
    this.#connection = null;
    if (error instanceof Failure && isUnavailable(error)) {
      this.#reconnectLater();
      return;
    }
    const isDeleted = error instanceof Failure && error.code === 'NOT_FOUND' && !this.#deps.exists(this.id);
    if (isDeleted) this.state = 'ended';
    else this.#deps.oracle.violation ??= new Violation(`a reader of ${this.id} failed: ${error}`);
  }
}
