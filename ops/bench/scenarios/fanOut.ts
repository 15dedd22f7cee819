import { cpuMs } from '../processes.ts';
import { checkResult, loadOf, pause, type Scenario } from './scenario.ts';

/** Measures one answer with many readers, each with its own socket. */
export const fanOut: Scenario = {
  name: 'fan-out',
  title: 'one answer at 20 tokens/s, many readers',
  ratioOf: null,
  targets: ({ stock, services }) => [stock, ...services.filter(({ protocol }) => protocol === 'graphql')],
  async measure(bench, target) {
    const readers = bench.isShort ? 200 : 1000;
    const windowMs = bench.isShort ? 4000 : 8000;
    const clients = await bench.startClients();
    try {
      const { pid } = target.server;
      const tokens = 20 * ((windowMs + (bench.isShort ? 8000 : 20_000)) / 1000);
      const load = { streams: readers, concurrency: readers, tokens, rate: 20 };
      const run = clients.run({ ...loadOf(target, load), isShared: true });
      await run.flowing;
      await pause(500);
      run.mark();
      const before = cpuMs(pid);
      await pause(windowMs);
      const cpu = cpuMs(pid) - before;
      const { tokens: received, latency } = await run.read();
      checkResult(target, await run.ended);
      return {
        'CPU per delivery, µs': (cpu * 1000) / received,
        'p50, ms': latency.p50,
        'p95, ms': latency.p95,
      };
    } finally {
      await clients.stop();
    }
  },
};
