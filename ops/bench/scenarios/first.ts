import { latencyOf } from '../load/statistics.ts';
import { checkResult, type Figures, loadOf, type Scenario, type Target } from './scenario.ts';

/** Creates a scenario that measures the time from a request to its first token. */
const firstToken = (name: string, title: string, concurrency: number): Scenario => ({
  name,
  title,
  ratioOf: null,
  targets: ({ floor, stock, services }: Parameters<Scenario['targets']>[0]): readonly Target[] => [
    floor,
    stock,
    ...services,
  ],
  async measure(bench, target): Promise<Figures> {
    const clients = await bench.startClients();
    try {
      const rounds = bench.isShort ? 6 : 20;
      const streams = concurrency === 1 ? rounds * 5 : concurrency * rounds;
      const warmUp = concurrency === 1 ? 5 : concurrency;
      const load = { streams: streams + warmUp, concurrency, tokens: 3, rate: 0 };
      const result = await clients.run(loadOf(target, load)).ended;
      checkResult(target, result);
      const { p50, p95 } = latencyOf(result.firstMs.slice(warmUp));
      return { 'first token p50, ms': p50, 'first token p95, ms': p95 };
    } finally {
      await clients.stop();
    }
  },
});

export const first = firstToken('first', 'from a request to its first token, one at a time', 1);
export const firstOfMany = firstToken('first-of-50', 'from a request to its first token, 50 at once', 50);
