import { describeLeases } from './backendSlots.contract.ts';
import { createMemoryLeases } from './backendSlots.memory.ts';

describeLeases('leases in process', createMemoryLeases);
