import { percentile } from '../bench/load/statistics.ts';
import type { Random } from '../simulation/random.ts';
import type { Arrival } from './day.ts';
import { createHeap } from './heap.ts';

/** What a deployment does in which time, from a measurement (`calibrate`), and its limits. */
export interface Deployment {
  /** Answers that run at once, on all engines together. */
  readonly slots: number;
  /** Tokens per second of one answer that runs alone. */
  readonly tokensPerSecond: number;
  /** Tokens per second of all answers of one engine together; infinity if answers don't slow each other. */
  readonly tokensPerSecondInAll: number;
  /** Tokens of prompts per second. */
  readonly promptTokensPerSecond: number;
  /** The time of an answer besides its tokens: request, queue, store, in ms. */
  readonly overheadMs: number;
  /** `RUNNING_LIMIT`: queued and running answers of one user; more are rejected. */
  readonly runningLimit: number;
  /** `QUEUE_TTL_S` in ms: a longer wait fails. */
  readonly queueTtlMs: number;
  /** How often a user repeats a request that failed, and after which time. */
  readonly retries: number;
  readonly retryAfterMs: number;
  /** The mean time between two failures of the engines, in ms, and how long one lasts. Running answers begin again. */
  readonly failureEveryMs: number;
  readonly failureMs: number;
}

export interface Outcome {
  readonly requests: number;
  readonly completed: number;
  /** Requests that failed after all retries. */
  readonly lost: number;
  /** Rejections and failures, repetitions included. */
  readonly rejected: number;
  /** Times in ms: in the queue, to the first token, in all. */
  readonly wait: Times;
  readonly firstToken: Times;
  readonly total: Times;
  /** The share of slots in use, from the first request to the last end. */
  readonly utilization: number;
  readonly maxQueue: number;
  readonly durationMs: number;
}

export interface Times {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
}

interface Job {
  readonly arrival: Arrival;
  readonly tries: number;
  readonly enqueuedAt: number;
  startedAt: number;
}

type Event =
  | { readonly is: 'request'; readonly arrival: Arrival; readonly tries: number }
  | { readonly is: 'failure' }
  | { readonly is: 'repair' };

export const timesOf = (values: readonly number[]): Times => ({
  mean: values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length,
  p50: values.length === 0 ? 0 : percentile(values, 0.5),
  p95: values.length === 0 ? 0 : percentile(values, 0.95),
});

/**
 * Simulates queue, slots, limits, retries and failures, event by event. Running answers share the speed of the engines
 * equally: each job is a number of tokens, and all running ones advance at the same rate, which changes when one starts or ends.
 */
export const simulate = (arrivals: readonly Arrival[], deployment: Deployment, random: Random): Outcome => {
  const { slots, tokensPerSecond, tokensPerSecondInAll, retries } = deployment;
  const events = createHeap<Event>();
  for (const arrival of arrivals) events.push(arrival.atMs, { is: 'request', arrival, tries: 0 });
  const nextFailure = () => -Math.log(1 - random.next()) * deployment.failureEveryMs;
  if (Number.isFinite(deployment.failureEveryMs)) events.push(nextFailure(), { is: 'failure' });

  let now = 0;
  /** Tokens that a job which runs since the beginning would have. */
  let progress = 0;
  let isDown = false;
  let rejected = 0;
  let lost = 0;
  let busy = 0;
  let maxQueue = 0;
  let open = arrivals.length;
  const running = createHeap<Job>();
  const queue = createHeap<Job>();
  const ofUser = new Map<number, number>();
  const [waits, firsts, totals]: [number[], number[], number[]] = [[], [], []];

  /** Tokens per ms of each running answer. */
  const rate = () =>
    isDown || running.size === 0 ? 0 : Math.min(tokensPerSecond, tokensPerSecondInAll / running.size) / 1000;
  /** The time before the first token, as tokens that an answer alone would have had. */
  const before = ({ promptTokens }: Arrival) =>
    (promptTokens / deployment.promptTokensPerSecond + deployment.overheadMs / 1000) * tokensPerSecond;

  const leave = ({ user }: Arrival) => ofUser.set(user, (ofUser.get(user) ?? 1) - 1);
  const failed = (arrival: Arrival, tries: number) => {
    rejected += 1;
    if (tries < retries)
      events.push(now + deployment.retryAfterMs, { is: 'request', arrival, tries: tries + 1 });
    else {
      lost += 1;
      open -= 1;
    }
  };
  const startNext = () => {
    while (!isDown && running.size < slots && queue.size > 0) {
      const job = queue.pop();
      if (!job) return;
      if (now - job.enqueuedAt > deployment.queueTtlMs) {
        leave(job.arrival);
        failed(job.arrival, job.tries);
        continue;
      }
      job.startedAt = now;
      running.push(progress + before(job.arrival) + job.arrival.answerTokens, job);
    }
  };
  const handle = (event: Event) => {
    if (event.is === 'failure') {
      isDown = true;
      for (const job of running.clear()) queue.push(job.enqueuedAt, job);
      events.push(now + deployment.failureMs, { is: 'repair' });
    } else if (event.is === 'repair') {
      isDown = false;
      events.push(now + nextFailure(), { is: 'failure' });
    } else {
      const { arrival, tries } = event;
      const held = ofUser.get(arrival.user) ?? 0;
      if (held >= deployment.runningLimit) failed(arrival, tries);
      else {
        ofUser.set(arrival.user, held + 1);
        queue.push(now, { arrival, tries, enqueuedAt: now, startedAt: now });
      }
    }
    startNext();
    maxQueue = Math.max(maxQueue, queue.size);
  };

  while (open > 0) {
    const perMs = rate();
    const endAt =
      running.size > 0 && perMs > 0 ? now + (running.peek() - progress) / perMs : Number.POSITIVE_INFINITY;
    const at = Math.min(endAt, events.peek());
    busy += running.size * (at - now);
    progress = endAt <= events.peek() ? running.peek() : progress + perMs * (at - now);
    now = at;
    if (endAt > events.peek()) {
      const event = events.pop();
      if (event) handle(event);
      continue;
    }
    const job = running.pop();
    if (!job) break;
    const { arrival } = job;
    const total = now - arrival.atMs;
    // The share of its time in the slot that the answer spent before its first token.
    const share = (before(arrival) + 1) / (before(arrival) + arrival.answerTokens);
    waits.push(job.startedAt - arrival.atMs);
    firsts.push(job.startedAt - arrival.atMs + share * (now - job.startedAt));
    totals.push(total);
    leave(arrival);
    open -= 1;
    startNext();
  }

  return {
    requests: arrivals.length,
    completed: totals.length,
    lost,
    rejected,
    wait: timesOf(waits),
    firstToken: timesOf(firsts),
    total: timesOf(totals),
    utilization: now === 0 ? 0 : busy / (slots * now),
    maxQueue,
    durationMs: now,
  };
};
