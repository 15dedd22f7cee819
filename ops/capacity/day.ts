import type { Random } from '../simulation/random.ts';

/** A request of a user: when, and how long the prompt and the answer are. */
export interface Arrival {
  /** Milliseconds since the beginning. */
  readonly atMs: number;
  readonly user: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/** An office day from 07:00 to 19:00: the share of the day's requests in each hour. */
export const officeHours: readonly number[] = [
  0.02, 0.06, 0.11, 0.13, 0.11, 0.06, 0.08, 0.13, 0.13, 0.1, 0.05, 0.02,
];

export interface DayOptions {
  readonly users: number;
  /** Requests of a user on the day. */
  readonly requestsPerUser: number;
  /** The median and the spread (standard deviation of the logarithm) of lengths, in tokens. */
  readonly prompt: { readonly median: number; readonly spread: number };
  readonly answer: { readonly median: number; readonly spread: number };
  /** The range of hours, from 0 (07:00) to 12. */
  readonly hours: readonly [from: number, to: number];
  /** How many times as fast the day passes. Lengths stay. */
  readonly speed: number;
}

/** The plan's office: 50 users with 25 requests each, and lengths as in chats with an assistant. */
export const officeDay: DayOptions = {
  users: 50,
  requestsPerUser: 25,
  prompt: { median: 60, spread: 1 },
  answer: { median: 220, spread: 0.7 },
  hours: [0, 12],
  speed: 1,
};

/** Maximum length of a prompt and of an answer, in tokens. */
const maxTokens = 4096;

const hourMs = 3_600_000;

/** Returns a sample of the normal distribution, by Box and Muller. */
const normal = ({ next }: Random): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const lengthOf = (random: Random, { median, spread }: DayOptions['prompt']): number =>
  Math.max(1, Math.min(maxTokens, Math.round(median * Math.exp(spread * normal(random)))));

/** Returns the requests of a day, in order: independent ones, at the rate of their hour (a Poisson process). */
export const arrivalsOf = (options: DayOptions, random: Random): readonly Arrival[] => {
  const { users, requestsPerUser, speed } = options;
  const [from, to] = options.hours;
  const arrivals: Arrival[] = [];
  for (let hour = from; hour < to; hour += 1) {
    const perMs = (users * requestsPerUser * (officeHours[hour] ?? 0)) / hourMs;
    if (perMs === 0) continue;
    const gap = () => -Math.log(1 - random.next()) / perMs;
    for (let at = gap(); at < hourMs; at += gap()) {
      arrivals.push({
        atMs: ((hour - from) * hourMs + at) / speed,
        user: random.below(users),
        promptTokens: lengthOf(random, options.prompt),
        answerTokens: lengthOf(random, options.answer),
      });
    }
  }
  return arrivals;
};
