import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';
import type { SoakReplicas } from './replicas.ts';

export type FaultCounts = Record<'kills' | 'pauses' | 'storeCuts' | 'redisCuts', number>;

/** The pause between two faults, and the durations of faults, as [min, max] in ms. A lease is taken over within 7 s. */
const betweenMs = [2000, 7000] as const;
const pauseMs = [9000, 20_000] as const;
const deadMs = [0, 6000] as const;
const cutMs = [200, 7000] as const;

/** Injects random faults, some at once, until the signal aborts; then ends them all. At least one replica always runs. */
export const injectFaults = async (
  replicas: SoakReplicas,
  random: Random,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<FaultCounts> => {
  const counts: FaultCounts = { kills: 0, pauses: 0, storeCuts: 0, redisCuts: 0 };
  const { cluster } = replicas;
  const ending = new Set<Promise<void>>();
  const cut = new Set<string>();
  const between = ([min, max]: readonly [number, number]) => min + random.below(max - min);
  const pass = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});

  const background = (fault: Promise<void>) => {
    const tracked = fault.finally(() => ending.delete(tracked));
    ending.add(tracked);
  };

  const cutFor = async (name: 'storeCuts' | 'redisCuts', ms: number) => {
    if (cut.has(name)) return;
    cut.add(name);
    counts[name] += 1;
    const proxy = name === 'storeCuts' ? cluster.store : cluster.coordination;
    log(`${name === 'storeCuts' ? 'store' : 'Redis'} cut for ${ms} ms`);
    proxy.cut();
    await pass(ms);
    proxy.restore();
    cut.delete(name);
  };

  const disturb = async (kind: 'kills' | 'pauses') => {
    const running = replicas.states.flatMap((state, index) => (state === 'running' ? [index] : []));
    const [first, second, ...others] = running;
    if (first === undefined || second === undefined) return;
    const index = random.pick([first, second, ...others]);
    counts[kind] += 1;
    if (kind === 'kills') {
      log(`replica ${index + 1} killed`);
      await replicas.kill(index);
      await pass(between(deadMs));
      await replicas.restart(index);
      log(`replica ${index + 1} restarted`);
    } else {
      const ms = between(pauseMs);
      log(`replica ${index + 1} paused for ${ms} ms`);
      replicas.pause(index);
      await pass(ms);
      replicas.resume(index);
    }
  };

  const kinds: readonly [keyof FaultCounts, ...(keyof FaultCounts)[]] = [
    'kills',
    'pauses',
    'storeCuts',
    'redisCuts',
  ];
  while (!signal.aborted) {
    await pass(between(betweenMs));
    if (signal.aborted) break;
    const kind = random.pick(kinds);
    background(kind === 'kills' || kind === 'pauses' ? disturb(kind) : cutFor(kind, between(cutMs)));
  }
  while (ending.size > 0) await Promise.all(ending);
  return counts;
};
