import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from './random.ts';
import { Violation } from './violation.ts';

/** A simulated process. Its tasks wait while it is paused, and are lost when it is killed. */
export interface Process {
  readonly name: string;
  state: 'running' | 'paused' | 'killed';
  /** Whether any fault has affected it. */
  isDisturbed: boolean;
  /** Tasks that became due during a pause. */
  readonly held: Task[];
}

/** One run of a generation by a process. */
export interface Run {
  readonly process: Process;
  readonly generationId: string;
  /** Whether it has ended, or handed its generation over. */
  isOver: boolean;
  /** Whether the reply to one of its calls was lost although the call had taken effect. */
  hasLostReply: boolean;
}

/** The process and the run that the current code belongs to. */
export interface Context {
  readonly process: Process;
  readonly run?: Run;
}

export interface Task {
  /** Null for the network and the servers, which are never paused. */
  readonly context: Context | null;
  readonly label: string;
  readonly dueAt: number;
  readonly order: number;
  /** `timer`: a timer of the product, which must not be left at the end. `deadline`: an `AbortSignal.timeout`. */
  readonly kind: 'task' | 'timer' | 'deadline';
  cancelled: boolean;
  readonly run: () => void;
}

/** The maximum number of steps at one virtual time. A loop without progress exceeds it. */
const maxStepsAtOneTime = 4000;

const contexts = new AsyncLocalStorage<Context>();

export const currentContext = (): Context | undefined => contexts.getStore();

export const inContext = <Result>(context: Context, call: () => Result): Result =>
  contexts.run(context, call);

// Kept here, because virtual time replaces the global timers.
const realSetImmediate = setImmediate;

/** Resolves when all microtasks have run. */
const settled = (): Promise<void> => new Promise((resolve) => realSetImmediate(resolve));

/**
 * Decides what happens next. Every message between a process and a server, and every timer, is a task. One of the due tasks
 * is picked at random. Time advances only when no task is due.
 */
export class Scheduler {
  /** The virtual time, in ms. */
  now = 0;
  steps = 0;
  trace: ((line: string) => void) | null = null;
  readonly #random: Random;
  readonly #due: Task[] = [];
  readonly #later: Task[] = [];
  #order = 0;
  #stepsAtThisTime = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  add(
    label: string,
    run: () => void,
    {
      context = null,
      delayMs = 0,
      kind = 'task',
    }: { context?: Context | null; delayMs?: number; kind?: Task['kind'] } = {},
  ): Task {
    const dueAt = this.now + Math.max(0, delayMs);
    this.#order += 1;
    const task: Task = { context, label, dueAt, order: this.#order, kind, cancelled: false, run };
    if (dueAt <= this.now) this.#due.push(task);
    else push(this.#later, task);
    return task;
  }

  /** Runs one due task, after advancing time to the next one, up to `until`. Returns false if there is none. */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    const task = this.#next(until);
    if (!task) return false;
    this.steps += 1;
    this.#stepsAtThisTime += 1;
    if (this.#stepsAtThisTime > maxStepsAtOneTime) {
      throw new Violation(`unbounded loop: ${maxStepsAtOneTime} steps at one time, now at "${task.label}"`);
    }
    this.trace?.(
      `${String(this.now).padStart(7)} ms  ${task.context?.process.name ?? 'network'}  ${task.label}`,
    );
    if (task.context) contexts.run(task.context, task.run);
    else task.run();
    await settled();
    return true;
  }

  /** Runs all tasks of the next `ms`. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    while (await this.step(until));
    this.#moveTo(until);
  }

  resume(process: Process): void {
    process.state = 'running';
    this.#due.push(...process.held.splice(0));
  }

  /** Returns the timers that have neither fired nor been cleared, without deadlines. */
  timers(): readonly Task[] {
    return [...this.#due, ...this.#later].filter(
      ({ kind, cancelled, context }) =>
        kind === 'timer' && !cancelled && context !== null && context.process.state !== 'killed',
    );
  }

  #next(until: number): Task | null {
    for (;;) {
      while (this.#due.length > 0) {
        const index = this.#random.below(this.#due.length);
        const task = this.#due[index] as Task;
        const last = this.#due.pop() as Task;
        if (last !== task) this.#due[index] = last;
        if (task.cancelled) continue;
        const state = task.context?.process.state ?? 'running';
        if (state === 'running') return task;
        if (state === 'paused') task.context?.process.held.push(task);
      }
      let first = this.#later[0];
      while (first?.cancelled) {
        pop(this.#later);
        first = this.#later[0];
      }
      if (!first || first.dueAt > until) return null;
      this.#moveTo(first.dueAt);
    }
  }

  #moveTo(time: number): void {
    if (time > this.now) {
      this.now = time;
      this.#stepsAtThisTime = 0;
    }
    for (let first = this.#later[0]; first && first.dueAt <= this.now; first = this.#later[0]) {
      this.#due.push(pop(this.#later) as Task);
    }
  }
}

const isBefore = (one: Task, other: Task): boolean =>
  one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);

/** A binary heap, earliest first. */
const push = (heap: Task[], task: Task): void => {
  let index = heap.push(task) - 1;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above] as Task;
    if (!isBefore(task, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = task;
};

const pop = (heap: Task[]): Task | undefined => {
  const first = heap[0];
  const task = heap.pop();
  if (!first || !task || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    if (below >= heap.length) break;
    const right = heap[below + 1];
    if (right && isBefore(right, heap[below] as Task)) below += 1;
    if (!isBefore(heap[below] as Task, task)) break;
    heap[index] = heap[below] as Task;
    index = below;
  }
  heap[index] = task;
  return first;
};
