import { parseArgs } from 'node:util';
import { createRandom } from '../simulation/random.ts';
import { arrivalsOf, officeDay, officeHours } from './day.ts';
import { calibrate, firstModel, type ReplayTarget, replay } from './replay.ts';
import { type Deployment, simulate } from './simulation.ts';

/**
 * `npm run capacity -- simulate`: simulates a day of an office. `replay URL`: replays it against a deployment, with the API keys
 * in `ZIGGIE_KEYS`. `calibrate URL`: measures the speed of an idle deployment. `docs/capacity.md` says how to use them.
 */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: 'string', default: '50' },
    requests: { type: 'string', default: '25' },
    from: { type: 'string', default: '7' },
    to: { type: 'string', default: '19' },
    speed: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    slots: { type: 'string', default: '2' },
    'tokens-per-second': { type: 'string', default: '40' },
    'tokens-in-all': { type: 'string' },
    'prompt-tokens-per-second': { type: 'string', default: '1000' },
    'overhead-ms': { type: 'string', default: '50' },
    'failures-per-day': { type: 'string', default: '0' },
    'failure-s': { type: 'string', default: '60' },
    model: { type: 'string' },
  },
});

const fail = (message: string): never => {
  process.stderr.write(`capacity: ${message}\n`);
  process.exit(1);
};

/** Reads an option. */
const number = (name: keyof typeof values, min: number, max: number): number => {
  const value = Number(values[name]);
  if (!(value >= min && value <= max)) fail(`--${name} must be a number from ${min} to ${max}.`);
  return value;
};

const [command, url] = positionals;
const slots = number('slots', 1, 100_000);
const tokensPerSecond = number('tokens-per-second', 0.1, 1e6);
const day = {
  ...officeDay,
  users: number('users', 1, 1_000_000),
  requestsPerUser: number('requests', 0.01, 1000),
  hours: [number('from', 7, 19) - 7, number('to', 7, 19) - 7] as const,
  speed: number('speed', 0.01, 100_000),
};
const maxRequests = 3_000_000;
const inHours = officeHours.slice(...day.hours).reduce((sum, share) => sum + share, 0);
if (day.users * day.requestsPerUser * inHours > maxRequests) {
  fail(`That is more than ${maxRequests} requests: use fewer users, or --from and --to for one hour.`);
}
const target = async (): Promise<ReplayTarget> => {
  const [first, ...rest] = (process.env.ZIGGIE_KEYS ?? '').split(',').filter((key) => key !== '');
  if (!url || !first)
    return fail('give the URL of the deployment, and API keys in ZIGGIE_KEYS, separated by commas.');
  const deployment = { url: url.replace(/\/$/, ''), tokens: [first, ...rest] as const, timeoutMs: 900_000 };
  return {
    ...deployment,
    model: values.model ?? (await firstModel({ ...deployment, tokens: [first, ...rest] })),
  };
};
const print = (value: object) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

const random = createRandom(number('seed', 0, 2 ** 31));
if (command === 'simulate') {
  const perDay = number('failures-per-day', 0, 1000);
  const deployment: Deployment = {
    slots,
    tokensPerSecond,
    tokensPerSecondInAll:
      values['tokens-in-all'] === undefined ? tokensPerSecond * slots : number('tokens-in-all', 0.1, 1e9),
    promptTokensPerSecond: number('prompt-tokens-per-second', 1, 1e7),
    overheadMs: number('overhead-ms', 0, 60_000),
    runningLimit: 2,
    queueTtlMs: 600_000,
    retries: 2,
    retryAfterMs: 10_000,
    failureEveryMs: perDay === 0 ? Number.POSITIVE_INFINITY : (12 * 3_600_000) / perDay,
    failureMs: number('failure-s', 1, 3600) * 1000,
  };
  print(simulate(arrivalsOf(day, random), deployment, random));
} else if (command === 'replay') {
  print(await replay(arrivalsOf(day, random), await target(), (line) => process.stderr.write(`${line}\n`)));
} else if (command === 'calibrate') {
  print(await calibrate(await target(), slots));
} else fail('use simulate, replay URL or calibrate URL.');
