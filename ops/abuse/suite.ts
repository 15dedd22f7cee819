import { connectionFloods } from './attacker/floods/connections.ts';
import { documentFloods } from './attacker/floods/documents.ts';
import { socketFloods } from './attacker/floods/sockets.ts';
import { streamFloods } from './attacker/floods/streams.ts';
import { writeFloods } from './attacker/floods/writes.ts';
import { startAttack } from './attacker/start.ts';
import {
  asAttacker,
  isProbeCrowded,
  leaveServerCores,
  type Measurement,
  maxMemory,
} from './limitedServer.ts';
import { type ProbeResult, percentile, probe } from './probe.ts';
import type { AbuseTarget } from './target.ts';

/** The latency that the probe's 99th percentile must stay under, in ms. */
const maxLatencyMs = 250;

/** CI runs a part of the floods, for a shorter time. */
const isShort = process.env.ABUSE === 'short';
const seconds = isShort ? 2 : 3;
/** The time before the probe starts, in which the flood builds up, in ms. */
const buildUpMs = 300;

/**
 * Part of the time in which other processes had a server's core, above which the probe's latency depends
 * on the machine. Such a flood is repeated, at most `maxAttempts` times in total. Other threads of the server and the kernel's
 * work for its sockets don't count: a user waits for those as well.
 */
const maxForeign = 0.1;
const maxAttempts = 2;

const floods = { ...socketFloods, ...connectionFloods, ...documentFloods, ...streamFloods, ...writeFloods };

/** One flood of each kind. */
const shortFloods = [
  'large pings, unread',
  'anonymous sockets of many addresses',
  'operations whose results are not read',
  'pipelined requests',
  'bodies that never end',
  'long searches in aliases',
  'fragments that overlap',
  'SSE streams',
  'conversations with large prompts',
  'imports of many messages',
  'sign-ins of many addresses',
];

const names = isShort ? shortFloods : Object.keys(floods);

interface Outcome {
  readonly probed: ProbeResult;
  readonly measured: Measurement;
  readonly counts: Readonly<Record<string, number>>;
}

const describeProbe = ({ latencies, slowest, failures }: ProbeResult): string => {
  const [p50, p99] = [50, 99].map((percent) => Math.round(percentile(latencies, percent)));
  return `p50 ${p50} ms, p99 ${p99} ms of ${latencies.length}, slowest: ${slowest}, ${failures.length} failed`;
};

const describeServer = ({ peakMemory, maxLoopDelayMs, stolen, foreign }: Measurement): string =>
  `loop ${Math.round(maxLoopDelayMs)} ms, ${Math.round(peakMemory / 1024 / 1024)} MiB, waited ${Math.round(stolen * 100)} %, others ${Math.round(foreign * 100)} %`;

/**
 * Defines a test for each flood of a number of servers: what a server spends on it must be bounded, and the probe must not
 * notice it.
 */
export const testFloods = (servers: number, start: () => Promise<AbuseTarget>): void => {
  let target: AbuseTarget;
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  let seenErrors = 0;

  beforeAll(async () => {
    leaveServerCores(servers);
    target = await start();
    await observe(null, 0);
    const { probed, measured } = await observe(null, 0);
    report(`without a flood: ${describeProbe(probed)}; ${describeServer(measured)}`);
  }, 120_000);

  afterAll(async () => {
    await target?.close();
  }, 120_000);

  /** Returns the largest values of all servers. */
  const measure = async (): Promise<Measurement> => {
    const all = await Promise.all(target.servers.map((server) => server.measure()));
    const largest = (name: keyof Measurement) => Math.max(...all.map((one) => one[name]));
    return {
      peakMemory: largest('peakMemory'),
      maxLoopDelayMs: largest('maxLoopDelayMs'),
      stolen: largest('stolen'),
      foreign: largest('foreign'),
    };
  };

  const observe = async (flood: string | null, index: number): Promise<Outcome> => {
    await measure();
    const attack =
      flood === null
        ? null
        : await startAttack(flood, seconds + buildUpMs / 1000, target.attackers(index), asAttacker);
    if (attack) await new Promise((resolve) => setTimeout(resolve, buildUpMs));
    const urls = target.servers.map(({ url }) => url);
    const probed = await probe(urls, target.probeToken, AbortSignal.timeout(seconds * 1000));
    const counts = (await attack?.ended) ?? {};
    return { probed, measured: await measure(), counts };
  };

  /** Returns the different errors that the servers have logged since the last call. No flood may cause one. */
  const newErrors = (): readonly string[] => {
    const lines = target.servers.flatMap((server) => server.output().split('\n'));
    const errors = lines.filter((line) => line.includes('"level":"error"'));
    const isNew = errors.slice(seenErrors).map((line) => JSON.parse(line));
    seenErrors = errors.length;
    return [...new Set(isNew.map(({ msg, err }) => `${msg}: ${err?.stack}`))].slice(0, 3);
  };

  const isSlow = ({ probed, measured }: Outcome) =>
    percentile(probed.latencies, 99) >= maxLatencyMs && measured.foreign > maxForeign;

  /**
   * Returns the probe's 99th percentile, in ms. If other processes had the server's core, or the probe shares its core with
   * the attacker, the probe's time may depend on the machine: then how long the event loop was busy without a pause, if that
   * is less.
   */
  const latencyOf = ({ probed, measured: { foreign, maxLoopDelayMs } }: Outcome) => {
    const latency = percentile(probed.latencies, 99);
    const isCrowded = isProbeCrowded(servers) || foreign > maxForeign;
    return isCrowded ? Math.min(latency, maxLoopDelayMs) : latency;
  };

  it.each(names.map((name, index) => [name, index] as const))(
    '%s',
    async (name, index) => {
      let outcome = await observe(name, index);
      for (let attempt = 1; attempt < maxAttempts && isSlow(outcome); attempt += 1) {
        outcome = await observe(name, index);
      }
      const { probed, measured, counts } = outcome;
      report(`${name}: ${describeProbe(probed)}; ${describeServer(measured)}; ${JSON.stringify(counts)}`);
      expect({ failures: probed.failures.slice(0, 3), errors: newErrors() }).toEqual({
        failures: [],
        errors: [],
      });
      expect(measured.peakMemory).toBeLessThan(maxMemory);
      expect(latencyOf(outcome)).toBeLessThan(maxLatencyMs);
    },
    maxAttempts * (seconds + 60) * 1000,
  );

  it('leaves nothing held', async () => {
    const resources = ['SOCKETS', 'STREAMS', 'OPERATIONS', 'BUFFERED_BYTES'];
    const held = () =>
      Promise.all(
        target.servers.flatMap((server) => resources.map(async (name) => [name, await server.held(name)])),
      );
    const giveUpAt = performance.now() + 30_000;
    while ((await held()).some(([, amount]) => Number(amount) > 0) && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect((await held()).filter(([, amount]) => Number(amount) > 0)).toEqual([]);
  }, 60_000);
};
