import type { Job, Queue } from '../../api/generations/queue/queue.ts';
import type { Link, Network } from './network.ts';
import { type Context, inContext, type Process, type Scheduler } from './scheduler.ts';

/** What `work.bullmq.ts` sets, in milliseconds: how long a lock holds, and how soon an expired one is noticed. */
const lockMs = 5000;
const renewMs = 1500;
const noticeMs = 1000;
/** A job whose workers died so often is given up. */
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
 * A model of what the queue on BullMQ promises, for several processes: the memory queue is made for one. A job is locked
 * by the worker that runs it; a process that is paused, killed or cut off loses its locks and holds, and its jobs are
 * given to others with `takeover`. It is first come, first served: fairness between users is left to the queue's own contract.
 */
export interface LeasedQueue {
  connect(link: Link): Queue;
  /** A process can't renew its locks any more. */
  lost(link: Link): void;
  /** A process may take jobs again. */
  found(): void;
  ids(): readonly string[];
}

export const createLeasedQueue = (scheduler: Scheduler, network: Network): LeasedQueue => {
  const waiting: { readonly job: Job; readonly stalls: number }[] = [];
  const active = new Map<string, Active>();
  const again = new Map<string, Job>();
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
      if (job.takeover || !again.has(job.id)) again.set(job.id, job);
      return;
    }
    if (first) waiting.unshift({ job, stalls });
    else waiting.push({ job, stalls });
    changed();
    pump();
  };

  const release = (id: string): void => {
    active.delete(id);
    const next = again.get(id);
    if (next && again.delete(id)) add(next);
    changed();
    pump();
  };

  const canRenew = ({ by, link, isEnded }: Active | Held): boolean =>
    !isEnded && by.state === 'running' && !link.cut.has('queue');

  const watchLock = (one: Active): void => {
    scheduler.add(
      `queue: lock of ${one.job.id} checked`,
      () => {
        if (active.get(one.job.id) !== one || canRenew(one)) return;
        active.delete(one.job.id);
        if (one.stalls >= maxStalls) release(one.job.id);
        else add({ ...one.job, takeover: true }, one.stalls + 1, true);
      },
      { delayMs: lockMs - renewMs + noticeMs },
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
        again.delete(held.job.id);
        add({ ...held.job, takeover: true });
      },
      { delayMs: lockMs - renewMs + noticeMs },
    );
  };

  const connect = (link: Link): Queue => {
    const { process } = link;
    const context: Context = { process };
    const listeners = new Set<() => void>();
    let isChanged = false;
    const ask = <Result>(label: string, effect: () => Result): Promise<Result> =>
      network.call(link, 'queue', label, async () => effect());

    const tell = () => {
      if (isChanged || listeners.size === 0) return;
      isChanged = true;
      const act = () => {
        isChanged = false;
        for (const listener of [...listeners]) listener();
      };
      scheduler.add('queue: positions changed', act, { context, delayMs: 100 });
    };
    workers.set(process, { pump: () => {}, changed: tell });
    link.closed.add(() => workers.delete(process));

    return {
      outlivesProcess: true,
      check: () => ask('check', () => {}),
      add: (job) => ask(`add ${job.id}`, () => add(job)),
      async hold(job, leaderId) {
        const { id } = job;
        const held = await ask(`hold ${id}`, (): Held | null => {
          if (active.has(id) || holds.has(id) || waiting.some((one) => one.job.id === id)) return null;
          const one = { job, leaderId, by: process, link, lost: new AbortController(), isEnded: true };
          holds.set(id, one);
          // Renewed once its process knows of it.
          watchHold(one);
          changed();
          return one;
        });
        if (!held) return null;
        held.isEnded = false;
        return {
          lost: held.lost.signal,
          release() {
            // Renewed no longer, so it expires should this call not arrive.
            held.isEnded = true;
            watchHold(held);
            return ask(`release ${id}`, () => {
              if (holds.get(id) !== held) return;
              holds.delete(id);
              release(id);
            });
          },
        };
      },
      remove: (id) =>
        ask(`remove ${id}`, () => {
          const held = holds.get(id);
          if (held) {
            dropHold(held);
            again.delete(id);
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
        ask(`position ${id}`, () => {
          const line = [id, holds.get(id)?.leaderId].map(
            (one) => waiting.findIndex(({ job }) => job.id === one) + 1,
          );
          return line[0] || line[1] || null;
        }),
      has: (id) =>
        ask(`has ${id}`, () => active.has(id) || holds.has(id) || waiting.some(({ job }) => job.id === id)),
      waitingCount: () => ask('count', () => waiting.length),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      work(run, slots) {
        const running = new Set<Promise<void>>();
        let isStopped = false;

        const take = () => {
          if (isStopped || process.state !== 'running' || link.cut.has('queue')) return;
          while (running.size < slots()) {
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
              const isHeld = () => ask(`lock of ${job.id}`, () => active.get(job.id) === one);
              run(job, isHeld).then(() => {
                // A lock that was lost meanwhile is another worker's: its job is left alone.
                const end = () => {
                  if (active.get(job.id) === one) release(job.id);
                };
                if (link.cut.has('queue')) {
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
        workers.set(process, { pump: () => inContext(context, take), changed: tell });
        inContext(context, take);
        return async () => {
          isStopped = true;
          await Promise.all(running);
        };
      },
      close: async () => {},
    };
  };

  return {
    connect,
    found: pump,
    lost(link) {
      for (const one of active.values()) if (one.link === link) watchLock(one);
      for (const held of holds.values()) if (held.link === link) watchHold(held);
    },
    ids: () => [...waiting.map(({ job }) => job.id), ...active.keys(), ...holds.keys()],
  };
};
