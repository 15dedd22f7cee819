import { cpuMs, memoryMb } from '../processes.ts';
import { checkResult, type Figures, loadOf, pause, type Scenario } from './scenario.ts';

/** Measures streams at a steady rate, while all of them run. */
export const tokens: Scenario = {
  name: 'tokens',
  title: 'many streams at a steady rate, while all run',
  ratioOf: 'CPU per token, µs',
  targets: ({ floor, stock, services }) => [floor, stock, ...services, { ...floor, name: 'floor, after' }],
  async measure(bench, target) {
    const { streams, rate } = bench.steady;
    const windowMs = bench.isShort ? 4000 : 10_000;
    const clients = await bench.startClients();
    try {
      // Enough tokens to start all streams, to settle, and for the window.
      const startMs = (bench.isShort ? 3500 : 6000) + (streams > 256 ? streams * 10 : 0);
      const perStream = Math.ceil(rate * ((windowMs + startMs) / 1000));
      const { pid } = target.server;
      const run = clients.run(loadOf(target, { streams, concurrency: streams, tokens: perStream, rate }));
      await run.flowing;
      await pause(500);
      run.mark();
      const databases = Object.entries(bench.databases);
      const before = {
        cpu: cpuMs(pid),
        at: performance.now(),
        databases: databases.map(([, id]) => cpuMs(id)),
      };
      await pause(windowMs);
      const cpu = cpuMs(pid) - before.cpu;
      const seconds = (performance.now() - before.at) / 1000;
      const ofDatabases = databases.map(([, id], index) => cpuMs(id) - (before.databases[index] ?? 0));
      const { tokens: received, latency } = await run.read();
      const { peak } = memoryMb(pid);
      checkResult(target, await run.ended);
      const figures: Record<string, number> = {
        streams,
        'CPU per token, µs': (cpu * 1000) / received,
        'tokens/s': received / seconds,
        'core share': cpu / 1000 / seconds,
        'p50, ms': latency.p50,
        'p95, ms': latency.p95,
        'p99, ms': latency.p99,
        'peak, MB': peak,
      };
      for (const [index, [name]] of databases.entries()) {
        figures[`${name} per token, µs`] = ((ofDatabases[index] ?? 0) * 1000) / received;
      }
      return figures satisfies Figures;
    } finally {
      await clients.stop();
    }
  },
};
