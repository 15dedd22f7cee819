import { memoryMb } from '../processes.ts';
import { pause, type Scenario } from './scenario.ts';

/** Measures the memory of signed-in sockets, each with a subscription. */
export const idle: Scenario = {
  name: 'idle',
  title: 'signed-in sockets with a subscription',
  ratioOf: null,
  targets: ({ services }) => services.filter(({ protocol }) => protocol === 'graphql'),
  async measure(bench, { server }) {
    const sockets = bench.isShort ? 300 : 2000;
    const clients = await bench.startClients();
    try {
      // The first sockets warm up the code.
      await clients.idle(server.url, server.token ?? '', 50);
      await pause(1000);
      const before = memoryMb(server.pid).now;
      await clients.idle(server.url, server.token ?? '', sockets);
      await pause(bench.isShort ? 2000 : 5000);
      return { 'per socket, KB': ((memoryMb(server.pid).now - before) * 1024) / sockets };
    } finally {
      await clients.stop();
    }
  },
};
