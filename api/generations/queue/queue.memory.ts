import type { IsHeld, Job, Queue } from './queue.ts';

type Run = (job: Job, isHeld: IsHeld) => Promise<void>;

/** The interval between two checks for free slots, in ms. */
const checkIntervalMs = 1000;

/** The waiting jobs of each user who has some, in the order in which the users are served. */
type WaitingJobs = Map<string, Job[]>;

const countOf = (jobs: WaitingJobs): number =>
  [...jobs.values()].reduce((sum, { length }) => sum + length, 0);

/** Creates the queue of a service that is one process. */
export const createMemoryQueue = (): Queue => {
  const [people, background]: readonly [WaitingJobs, WaitingJobs] = [new Map(), new Map()];
  /** In the order in which they are served. */
  const classes = [people, background] as const;
  const running = new Map<string, Promise<void>>();
  /** Jobs that were added while they ran or were held. */
  const readded = new Map<string, Job>();
  const holds = new Map<string, { readonly leaderId: string | null; readonly lost: AbortController }>();
  const listeners = new Set<() => void>();
  let worker: { readonly run: Run; readonly slots: () => number } | null = null;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  const takeNext = (): Job | null => {
    const waitingByOwner = people.size > 0 ? people : background;
    const [next] = waitingByOwner;
    if (!next) return null;
    const [ownerId, jobs] = next;
    const job = jobs.shift() ?? null;
    // Moves this user to the end of the order.
    waitingByOwner.delete(ownerId);
    if (jobs.length > 0) waitingByOwner.set(ownerId, jobs);
    return job;
  };

  const append = (job: Job) => {
    const waitingByOwner = job.isBackground ? background : people;
    waitingByOwner.set(job.ownerId, [...(waitingByOwner.get(job.ownerId) ?? []), job]);
    changed();
  };

  const pump = () => {
    while (worker && running.size < worker.slots()) {
      const job = takeNext();
      if (!job) return;
      // Counts as running before `run` is called: `run` may add it again.
      const { run } = worker;
      const ended = Promise.resolve(job)
        // No other process can get the job.
        .then((taken) => run(taken, async () => true))
        .finally(() => {
          running.delete(job.id);
          appendReadded(job.id);
          pump();
        });
      running.set(job.id, ended);
      changed();
    }
  };

  const waiting = (id: string) =>
    classes.some((each) => [...each.values()].some((jobs) => jobs.some((job) => job.id === id)));

  /** Returns the order in which the waiting jobs will be taken: one of each user, round after round. */
  const order = (): readonly string[] => classes.flatMap(orderOf);

  const orderOf = (waitingByOwner: WaitingJobs): readonly string[] => {
    const lists = [...waitingByOwner.values()];
    const rounds = Math.max(0, ...lists.map((jobs) => jobs.length));
    return Array.from({ length: rounds }, (_, round) =>
      lists.flatMap((jobs) => jobs[round]?.id ?? []),
    ).flat();
  };

  const position = (id: string) => {
    const index = order().indexOf(id);
    return index < 0 ? null : index + 1;
  };

  const appendReadded = (id: string) => {
    const job = readded.get(id);
    if (job && readded.delete(id)) append(job);
  };

  return {
    outlivesProcess: false,
    check: async () => {},
    async add(job) {
      if (waiting(job.id)) return;
      if (running.has(job.id) || holds.has(job.id)) {
        if (job.takeover || !readded.has(job.id)) readded.set(job.id, job);
        return;
      }
      append(job);
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
          appendReadded(id);
          pump();
        },
      };
    },
    async remove(id) {
      const held = holds.get(id);
      if (held) {
        holds.delete(id);
        readded.delete(id);
        held.lost.abort();
        changed();
        return true;
      }
      for (const waitingByOwner of classes) {
        for (const [ownerId, jobs] of waitingByOwner) {
          const left = jobs.filter((job) => job.id !== id);
          if (left.length === jobs.length) continue;
          if (left.length > 0) waitingByOwner.set(ownerId, left);
          else waitingByOwner.delete(ownerId);
          changed();
          return true;
        }
      }
      return false;
    },
    async position(id) {
      const leaderId = holds.get(id)?.leaderId;
      return position(id) ?? (leaderId ? position(leaderId) : null);
    },
    has: async (id) => running.has(id) || waiting(id) || holds.has(id),
    waitingCount: async () => classes.reduce((sum, each) => sum + countOf(each), 0),
    waitingPeopleCount: async () => countOf(people),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    work(run, all, extraSlots) {
      const slots = () => (all() < 1 ? 0 : all() + (extraSlots?.count() ?? 0));
      worker = { run, slots };
      pump();
      // Slots may return without an event, for example when an engine becomes available again.
      const checking = setInterval(pump, checkIntervalMs);
      checking.unref();
      const stopListening = extraSlots?.onChange(pump);
      return async () => {
        clearInterval(checking);
        stopListening?.();
        worker = null;
        await Promise.all(running.values());
      };
    },
    async close() {
      worker = null;
      for (const each of classes) each.clear();
      readded.clear();
      holds.clear();
      listeners.clear();
    },
  };
};
