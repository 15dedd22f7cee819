import type { Job, Queue } from '../../api/generations/queue/queue.ts';
import type { Link, Network } from './network.ts';
import { type Context, inContext, type Process, type Scheduler } from './scheduler.ts';

/** The TTL of a lock, its renewal interval, and the interval of checks, in ms; as in `consumer.bullmq.ts`. */
const lockMs = 5000;
const renewMs = 1500;
const checkMs = 1000;
/** The maximum number of takeovers of a job. */
const maxStalls = 5;

interface Active {
  readonly job: Job;
  readonly by: Process;
  readonly link: Link;
  readonly stalls: number;
  isEnded: boolean;
}

interface Held {
  readonly job: Job;
  readonly leaderId: string | null;
  readonly by: Process;
  readonly link: Link;
  readonly lost: AbortController;
  isEnded: boolean;
}

/**
 * A model of the queue on BullMQ, for several processes; the memory queue supports only one. A job is locked by the worker
 * that runs it. A process that is paused, killed or disconnected loses its locks and holds, and its jobs are given to others
 * with `takeover`. The order is FIFO: the queue's own contract tests fairness between users.
 */
export interface LeasedQueue {
  connect(link: Link): Queue;
  /** Call it when a process can't renew its locks any more. */
  disconnected(link: Link): void;
  /** Call it when a process can take jobs readded. */
  reconnected(): void;
  ids(): readonly string[];
}

export const createLeasedQueue = (scheduler: Scheduler, network: Network): LeasedQueue => {
  const waiting: { readonly job: Job; readonly stalls: number }[] = [];
  const active = new Map<string, Active>();
  const readded = new Map<string, Job>();
  const holds = new Map<string, Held>();
  const workers = new Map<Process, { readonly pump: () => void; readonly changed: () => void }>();

  const changed = () => {
    for (const worker of workers.values()) worker.changed();
  };
  const pump = () => {
    for (const worker of workers.values()) worker.pump();
  };

  const add = (job: Job, stalls = 0, first = job.takeover === true): void => {
    if (waiting.some(({ job: { id } }) => id === job.id)) return;
    if (active.has(job.id) || holds.has(job.id)) {
      if (job.takeover || !readded.has(job.id)) readded.set(job.id, job);
      return;
    }
    if (first) waiting.unshift({ job, stalls });
    else waiting.push({ job, stalls });
    changed();
    pump();
  };

  const release = (id: string): void => {
    active.delete(id);
    const next = readded.get(id);
    if (next && readded.delete(id)) add(next);
    changed();
    pump();
  };

  const canRenew = ({ by, link, isEnded }: Active | Held): boolean =>
    !isEnded && by.state === 'running' && !link.down.has('queue');

  const watchLock = (one: Active): void => {
    scheduler.add(
      `queue: lock of ${one.job.id} checked`,
      () => {
        if (active.get(one.job.id) !== one || canRenew(one)) return;
        active.delete(one.job.id);
        if (one.stalls >= maxStalls) release(one.job.id);
        else add({ ...one.job, takeover: true }, one.stalls + 1, true);
      },
      { delayMs: lockMs - renewMs + checkMs },
    );
  };

  const dropHold = (held: Held): void => {
    holds.delete(held.job.id);
    const context: Context = { process: held.by };
    scheduler.add(`queue: hold of ${held.job.id} lost`, () => held.lost.abort(), { context });
  };

  const watchHold = (held: Held): void => {
    scheduler.add(
      `queue: hold of ${held.job.id} checked`,
      () => {
        if (holds.get(held.job.id) !== held || canRenew(held)) return;
        dropHold(held);
        readded.delete(held.job.id);
        add({ ...held.job, takeover: true });
      },
      { delayMs: lockMs - renewMs + checkMs },
    );
  };

  const connect = (link: Link): Queue => {
    const { process } = link;
    const context: Context = { process };
    const listeners = new Set<() => void>();
    let isChanged = false;
    const call = <Result>(label: string, effect: () => Result): Promise<Result> =>
      network.call(link, 'queue', label, async () => effect());

    const notify = () => {
      if (isChanged || listeners.size === 0) return;
      isChanged = true;
      const notifyAll = () => {
        isChanged = false;
        for (const listener of [...listeners]) listener();
      };
      scheduler.add('queue: positions changed', notifyAll, { context, delayMs: 100 });
    };
    workers.set(process, { pump: () => {}, changed: notify });
    link.closed.add(() => workers.delete(process));

    return {
      outlivesProcess: true,
      check: () => call('check', () => {}),
      add: (job) => call(`add ${job.id}`, () => add(job)),
      async hold(job, leaderId) {
        const { id } = job;
        const held = await call(`hold ${id}`, (): Held | null => {
          if (active.has(id) || holds.has(id) || waiting.some((one) => one.job.id === id)) return null;
          const one = { job, leaderId, by: process, link, lost: new AbortController(), isEnded: true };
          holds.set(id, one);
          // Renewed once the reply has reached the process.
          watchHold(one);
          changed();
          return one;
        });
        if (!held) return null;
        held.isEnded = false;
        return {
          lost: held.lost.signal,
          release() {
            // No longer renewed, so it expires if this call is lost.
            held.isEnded = true;
            watchHold(held);
            return call(`release ${id}`, () => {
              if (holds.get(id) !== held) return;
              holds.delete(id);
              release(id);
            });
          },
        };
      },
      remove: (id) =>
        call(`remove ${id}`, () => {
          const held = holds.get(id);
          if (held) {
            dropHold(held);
            readded.delete(id);
            changed();
            return true;
          }
          const index = waiting.findIndex(({ job }) => job.id === id);
          if (index < 0) return false;
          waiting.splice(index, 1);
          changed();
          return true;
        }),
      position: (id) =>
        call(`position ${id}`, () => {
          const positions = [id, holds.get(id)?.leaderId].map(
            (one) => waiting.findIndex(({ job }) => job.id === one) + 1,
          );
          return positions[0] || positions[1] || null;
        }),
      has: (id) =>
        call(`has ${id}`, () => active.has(id) || holds.has(id) || waiting.some(({ job }) => job.id === id)),
      waitingCount: () => call('count', () => waiting.length),
      waitingPeopleCount: () => call('count', () => waiting.length),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      work(run, slots, extraSlots) {
        const running = new Set<Promise<void>>();
        let isStopped = false;

        const take = () => {
          if (isStopped || process.state !== 'running' || link.down.has('queue')) return;
          while (running.size < slots() + (extraSlots?.count() ?? 0)) {
            const next = waiting.shift();
            if (!next) return;
            begin(next.job, next.stalls);
          }
        };
        const begin = (job: Job, stalls: number) => {
          const one: Active = { job, by: process, link, stalls, isEnded: false };
          active.set(job.id, one);
          changed();
          const done = new Promise<void>((resolve) => {
            const start = () => {
              const isHeld = () => call(`lock of ${job.id}`, () => active.get(job.id) === one);
              run(job, isHeld).then(() => {
                // If the lock was lost during the run, another worker has the job.
                const end = () => {
                  if (active.get(job.id) === one) release(job.id);
                };
                if (link.down.has('queue')) {
                  one.isEnded = true;
                  watchLock(one);
                } else scheduler.add(`queue: ${job.id} done`, end);
                resolve();
              });
            };
            scheduler.add(`queue: ${job.id} taken`, start, { context });
          }).finally(() => {
            running.delete(done);
            take();
          });
          running.add(done);
        };
        workers.set(process, { pump: () => inContext(context, take), changed: notify });
        inContext(context, take);
        const stopListening = extraSlots?.onChange(take);
        return async () => {
          isStopped = true;
          stopListening?.();
          await Promise.all(running);
        };
      },
      close: async () => {},
    };
  };

  return {
    connect,
    reconnected: pump,
    disconnected(link) {
      for (const one of active.values()) if (one.link === link) watchLock(one);
      for (const held of holds.values()) if (held.link === link) watchHold(held);
    },
    ids: () => [...waiting.map(({ job }) => job.id), ...active.keys(), ...holds.keys()],
  };
};
