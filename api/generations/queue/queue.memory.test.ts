import { describeQueue } from './queue.contract.ts';
import { createMemoryQueue } from './queue.memory.ts';

describeQueue('in process', async () => createMemoryQueue());
