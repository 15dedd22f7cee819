import { cpuMs } from '../processes.ts';
import { checkResult, loadOf, type Scenario } from './scenario.ts';

/** Measures starting and ending answers of one token. */
export const generations: Scenario = {
  name: 'generations',
  title: 'starting and ending an answer of one token, four at a time',
  ratioOf: 'CPU per answer, ms',
  targets: ({ floor, stock, services }) => [floor, stock, ...services],
  async measure(bench, target) {
    const clients = await bench.startClients();
    try {
      const { pid } = target.server;
      const streams = bench.isShort ? 150 : 500;
      const warmUp = { streams: 50, concurrency: 4, tokens: 1, rate: 0 };
      checkResult(target, await clients.run(loadOf(target, warmUp)).ended);
      const before = cpuMs(pid);
      const databases = Object.entries(bench.databases);
      const beforeOf = databases.map(([, id]) => cpuMs(id));
      const result = await clients.run(loadOf(target, { ...warmUp, streams })).ended;
      checkResult(target, result);
      const figures: Record<string, number> = { 'CPU per answer, ms': (cpuMs(pid) - before) / streams };
      for (const [index, [name, id]] of databases.entries()) {
        figures[`${name} per answer, ms`] = (cpuMs(id) - (beforeOf[index] ?? 0)) / streams;
      }
      return figures;
    } finally {
      await clients.stop();
    }
  },
};
