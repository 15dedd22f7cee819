import { describeBackendSlots } from './backendSlots.contract.ts';
import { createMemoryBackendSlots } from './backendSlots.memory.ts';

describeBackendSlots('backendSlots in process', createMemoryBackendSlots);
