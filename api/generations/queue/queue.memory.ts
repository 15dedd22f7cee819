import type { IsHeld, Job, Queue } from './queue.ts';

type Run = (job: Job, isHeld: IsHeld) => Promise<void>;

/** How often it is seen whether there are slots that nobody told of, in milliseconds. */
const lookMs = 1000;

/** The queue of a service that is one process. */
export const createMemoryQueue = (): Queue => {
  /** Users in the order of their turns; a user with nothing waiting is not in it. */
  const turns = new Map<string, Job[]>();
  const running = new Map<string, Promise<void>>();
  /** Added while they ran. */
  const again = new Map<string, Job>();
  const holds = new Map<string, { readonly leaderId: string | null; readonly lost: AbortController }>();
  const listeners = new Set<() => void>();
  let worker: { readonly run: Run; readonly slots: () => number } | null = null;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  const takeNext = (): Job | null => {
    const [turn] = turns;
    if (!turn) return null;
    const [ownerId, jobs] = turn;
    const job = jobs.shift() ?? null;
    // Served: this user's next turn comes after everybody else's.
    turns.delete(ownerId);
    if (jobs.length > 0) turns.set(ownerId, jobs);
    return job;
  };

  const wait = (job: Job) => {
    turns.set(job.ownerId, [...(turns.get(job.ownerId) ?? []), job]);
    changed();
  };

  const pump = () => {
    while (worker && running.size < worker.slots()) {
      const job = takeNext();
      if (!job) return;
      // Running before it is run: `run` may add it again.
      const { run } = worker;
      const ended = Promise.resolve(job)
        // No other process can be given it.
        .then((taken) => run(taken, async () => true))
        .finally(() => {
          running.delete(job.id);
          joinAgain(job.id);
          pump();
        });
      running.set(job.id, ended);
      changed();
    }
  };

  const waiting = (id: string) => [...turns.values()].some((jobs) => jobs.some((job) => job.id === id));

  /** The order in which the waiting jobs would be taken: one of each user, round after round. */
  const order = (): readonly string[] => {
    const lines = [...turns.values()];
    const rounds = Math.max(0, ...lines.map((jobs) => jobs.length));
    return Array.from({ length: rounds }, (_, round) =>
      lines.flatMap((jobs) => jobs[round]?.id ?? []),
    ).flat();
  };

  const position = (id: string) => {
    const index = order().indexOf(id);
    return index < 0 ? null : index + 1;
  };

  const joinAgain = (id: string) => {
    const next = again.get(id);
    if (next && again.delete(id)) wait(next);
  };

  return {
    outlivesProcess: false,
    check: async () => {},
    async add(job) {
      if (waiting(job.id)) return;
      if (running.has(job.id) || holds.has(job.id)) {
        if (job.takeover || !again.has(job.id)) again.set(job.id, job);
        return;
      }
      wait(job);
      pump();
    },
    async hold({ id }, leaderId) {
      if (running.has(id) || waiting(id) || holds.has(id)) return null;
      const held = { leaderId, lost: new AbortController() };
      holds.set(id, held);
      changed();
      return {
        lost: held.lost.signal,
        async release() {
          if (holds.get(id) !== held) return;
          holds.delete(id);
          joinAgain(id);
          pump();
        },
      };
    },
    async remove(id) {
      const held = holds.get(id);
      if (held) {
        holds.delete(id);
        again.delete(id);
        held.lost.abort();
        changed();
        return true;
      }
      for (const [ownerId, jobs] of turns) {
        const left = jobs.filter((job) => job.id !== id);
        if (left.length === jobs.length) continue;
        if (left.length > 0) turns.set(ownerId, left);
        else turns.delete(ownerId);
        changed();
        return true;
      }
      return false;
    },
    async position(id) {
      const leaderId = holds.get(id)?.leaderId;
      return position(id) ?? (leaderId ? position(leaderId) : null);
    },
    has: async (id) => running.has(id) || waiting(id) || holds.has(id),
    waitingCount: async () => [...turns.values()].reduce((sum, jobs) => sum + jobs.length, 0),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    work(run, slots) {
      worker = { run, slots };
      pump();
      // Slots may come back by themselves, as when an engine that was away answers again.
      const look = setInterval(pump, lookMs);
      look.unref();
      return async () => {
        clearInterval(look);
        worker = null;
        await Promise.all(running.values());
      };
    },
    async close() {
      worker = null;
      turns.clear();
      again.clear();
      holds.clear();
      listeners.clear();
    },
  };
};
