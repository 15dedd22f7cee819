import { type Client, signIn } from '../e2e/harness/client.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { type StandinProcess, startStandin } from '../e2e/harness/standin.ts';
import { createRandom } from '../simulation/random.ts';
import { type Arrival, arrivalsOf, officeDay } from './day.ts';
import { createHeap } from './heap.ts';
import { calibrate, firstModel, type ReplayTarget, replay } from './replay.ts';
import { type Deployment, simulate } from './simulation.ts';

const deployment: Deployment = {
  slots: 2,
  tokensPerSecond: 100,
  tokensPerSecondInAll: 200,
  promptTokensPerSecond: Number.POSITIVE_INFINITY,
  overheadMs: 0,
  runningLimit: 2,
  queueTtlMs: 600_000,
  retries: 0,
  retryAfterMs: 1000,
  failureEveryMs: Number.POSITIVE_INFINITY,
  failureMs: 0,
};

const request = (atMs: number, user: number, answerTokens: number): Arrival => ({
  atMs,
  user,
  promptTokens: 0,
  answerTokens,
});

describe('the simulation', () => {
  const random = () => createRandom(1);

  it('lets answers wait for a slot', () => {
    const three = [request(0, 1, 100), request(0, 2, 100), request(0, 3, 100)];
    const { wait, total, maxQueue, utilization } = simulate(three, deployment, random());
    expect(total.p95).toBeCloseTo(2000);
    expect(wait.mean).toBeCloseTo(1000 / 3);
    expect(maxQueue).toBe(1);
    expect(utilization).toBeCloseTo(0.75);
  });

  it('shares the speed of an engine among its answers', () => {
    const two = [request(0, 1, 100), request(500, 2, 100)];
    const shared = { ...deployment, tokensPerSecondInAll: 100 };
    // Alone for 0.5 s, then at half the speed for 1 s, then the second alone for 0.5 s.
    expect(simulate(two, shared, random()).durationMs).toBeCloseTo(2000);
  });

  it('rejects above the running limit, retries, and counts what is lost', () => {
    const four = [1, 2, 3, 4].map((at) => request(at, 7, 100));
    expect(simulate(four, deployment, random())).toMatchObject({ completed: 2, lost: 2, rejected: 2 });
    const patient = { ...deployment, retries: 3 };
    expect(simulate(four, patient, random())).toMatchObject({ completed: 4, lost: 0 });
  });

  it('fails answers that wait too long in the queue', () => {
    const many = [0, 1, 2, 3, 4].map((user) => request(0, user, 100));
    const short = { ...deployment, slots: 1, queueTtlMs: 2500 };
    expect(simulate(many, short, random())).toMatchObject({ completed: 3, lost: 2 });
  });

  it('begins the running answers of a failed engine again', () => {
    const failing = { ...deployment, failureEveryMs: 400, failureMs: 100 };
    const outcome = simulate([request(0, 1, 100)], failing, random());
    expect(outcome.completed).toBe(1);
    expect(outcome.durationMs).toBeGreaterThan(1100);
  });

  it('agrees with the formula of Erlang for a queue with random arrivals and lengths', () => {
    const source = createRandom(7);
    let atMs = 0;
    // Two slots, each 80 % busy: 1.6 answers per second, which take a second on average.
    const arrivals = Array.from({ length: 200_000 }, (_, user) => {
      atMs += (-Math.log(1 - source.next()) * 1000) / 1.6;
      return request(atMs, user, -Math.log(1 - source.next()) * 100);
    });
    const { wait, utilization } = simulate(arrivals, deployment, random());
    expect(utilization).toBeCloseTo(0.8, 1);
    // M/M/2: rho² / (1 - rho²) of the mean service time.
    expect(wait.mean / 1000 / (0.64 / 0.36)).toBeCloseTo(1, 1);
  });
});

describe('a day of the office', () => {
  it('has its requests in the hours of work, in order, and is the same for a seed', () => {
    const arrivals = arrivalsOf(officeDay, createRandom(1));
    expect(arrivals).toEqual(arrivalsOf(officeDay, createRandom(1)));
    expect(arrivals.length / (50 * 25)).toBeCloseTo(1, 1);
    expect(arrivals.every(({ atMs }, index) => atMs >= (arrivals[index - 1]?.atMs ?? 0))).toBe(true);
    expect(arrivals.every(({ answerTokens }) => answerTokens >= 1 && answerTokens <= 4096)).toBe(true);
    const fast = arrivalsOf({ ...officeDay, speed: 60 }, createRandom(1));
    expect(fast.at(-1)?.atMs).toBeLessThan(12 * 60_000);
  });
});

describe('a heap', () => {
  it('returns the lowest key first, and equal keys in their order', () => {
    const random = createRandom(3);
    const heap = createHeap<number>();
    const keys = Array.from({ length: 500 }, () => random.below(50));
    for (const [index, key] of keys.entries()) heap.push(key, index);
    const popped = keys.map(() => heap.pop() ?? -1);
    const expected = [...keys.keys()].toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
    expect(popped).toEqual(expected);
    expect(heap.pop()).toBeUndefined();
  });
});

describe('a replayed hour', () => {
  let engine: StandinProcess;
  let dataDir: string;
  let server: ServerProcess;
  let client: Client;
  beforeAll(async () => {
    // Few and slow tokens: the load of the machine delays each by milliseconds of its 125.
    engine = await startStandin(8);
    dataDir = await makeFolder();
    server = await startServer({ dataDir, env: { OLLAMA_URL: engine.url, OLLAMA_NUM_PARALLEL: '3' } });
    client = await signIn(server.url, 'admin', adminPassword);
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await server?.stop();
    await engine?.kill();
    if (dataDir) await removeFolder(dataDir);
  }, 60_000);

  it('takes as long as the calibrated simulation says, within 10 %', async () => {
    const reached: Omit<ReplayTarget, 'model'> = {
      url: server.url,
      tokens: [client.token],
      timeoutMs: 120_000,
    };
    const target = { ...reached, model: await firstModel(reached) };
    const measure = () => calibrate(target, 3, 15);
    const before = await measure();
    const arrivals = arrivalsOf(
      {
        ...officeDay,
        users: 60,
        requestsPerUser: 8,
        hours: [3, 4],
        speed: 72,
        prompt: { median: 10, spread: 0.3 },
        answer: { median: 14, spread: 0.5 },
      },
      createRandom(11),
    );
    const replayed = await replay(arrivals, target);
    // A busy machine may have become faster or slower meanwhile.
    const predictions = [before, await measure()].map((measured) =>
      simulate(
        arrivals,
        {
          ...deployment,
          ...measured,
          slots: 3,
          // The test has one user, whose limit is off.
          runningLimit: Number.POSITIVE_INFINITY,
        },
        createRandom(1),
      ),
    );
    expect(replayed.failures).toEqual({});
    expect(replayed.completed).toBe(arrivals.length);
    const figures = ({ total, durationMs }: Pick<typeof replayed, 'total' | 'durationMs'>) =>
      [total.mean, total.p95, durationMs] as const;
    const simulated = predictions.map(figures);
    process.stdout.write(
      `capacity: ${arrivals.length} requests, mean, p95 and whole time ${figures(replayed).map(Math.round)} ms, simulated ${simulated.map((all) => all.map(Math.round)).join(' and ')} ms\n`,
    );
    for (const [index, was] of figures(replayed).entries()) {
      const said = simulated.map((all) => all[index] ?? Number.NaN);
      expect(was).toBeGreaterThan(0.9 * Math.min(...said));
      expect(was).toBeLessThan(1.1 * Math.max(...said));
    }
  }, 300_000);

  it('counts rejections by their status', async () => {
    const wrong = await replay([request(0, 0, 5)], {
      url: server.url,
      tokens: ['wrong'],
      model: 'any',
      timeoutMs: 10_000,
    });
    expect(wrong).toMatchObject({ completed: 0, failures: { 401: 1 } });
  });
});
