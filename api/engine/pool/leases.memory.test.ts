import { describeLeases } from './leases.contract.ts';
import { createMemoryLeases } from './leases.memory.ts';

describeLeases('leases in process', createMemoryLeases);
