import { cpuMs, memoryMb } from '../processes.ts';
import type { Bench, Figures } from './scenario.ts';

/** Measures the start of the service of each checkout: the time until it is ready, and the memory then. */
export const measureStart = async (bench: Bench): Promise<ReadonlyMap<string, Figures>> => {
  const found = new Map<string, Figures>();
  for await (const { name, service } of bench.startServices()) {
    const { now } = memoryMb(service.pid);
    found.set(name, { 'ready, ms': service.readyMs, 'CPU, ms': cpuMs(service.pid), 'memory, MB': now });
    await service.stop();
  }
  return found;
};
