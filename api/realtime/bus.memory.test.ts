import { describeBus } from './bus.contract.ts';
import { createMemoryBus } from './bus.memory.ts';

const bus = createMemoryBus();
describeBus('in memory', async () => bus);
