import type { Queue } from '../../queue/queue.ts';

/** What is known about jobs that wait in the queue and are not in the background. */
export interface QueuedPeople {
  /** Whether there were some at the last look. */
  areQueued(): boolean;
  look(): void;
  /** Knows of none until the next look ends. */
  forget(): void;
}

/** `changed` is called after each look. */
export const watchPeople = (queue: Pick<Queue, 'waitingPeopleCount'>, changed: () => void): QueuedPeople => {
  let areQueued = false;
  let looks = 0;
  const look = async () => {
    looks += 1;
    const own = looks;
    // Unavailable: no job is taken either, and the queue changes when it is back.
    const count = await queue.waitingPeopleCount().catch(() => 0);
    if (own !== looks) return;
    areQueued = count > 0;
    changed();
  };
  return {
    areQueued: () => areQueued,
    look: () => void look(),
    forget() {
      areQueued = false;
    },
  };
};
