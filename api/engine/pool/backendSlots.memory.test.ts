import { describeBackendSlots } from './backendSlots.contract.ts';
import { createMemoryBackendSlots } from './backendSlots.memory.ts';

describeBackendSlots('backend slots in memory', createMemoryBackendSlots);
