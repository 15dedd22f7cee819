import { cpuMs } from '../processes.ts';
import { checkResult, loadOf, type Scenario } from './scenario.ts';

/** Measures streams that the upstream sends as fast as the socket takes them, from the first request to the last end. */
export const burst: Scenario = {
  name: 'burst',
  title: '20 streams as fast as the socket takes them',
  ratioOf: 'CPU per token, µs',
  targets: ({ floor, stock, services }) => [floor, stock, ...services, { ...floor, name: 'floor, after' }],
  async measure(bench, target) {
    const clients = await bench.startClients();
    try {
      const { pid } = target.server;
      const before = { cpu: cpuMs(pid), at: performance.now() };
      const load = { streams: 20, concurrency: 20, tokens: bench.isShort ? 2000 : 8000, rate: 0 };
      const result = await clients.run(loadOf(target, load)).ended;
      const cpu = cpuMs(pid) - before.cpu;
      const seconds = (performance.now() - before.at) / 1000;
      checkResult(target, result);
      return { 'CPU per token, µs': (cpu * 1000) / result.tokens, 'tokens/s': result.tokens / seconds };
    } finally {
      await clients.stop();
    }
  },
};
