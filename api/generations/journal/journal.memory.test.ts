import { describeJournal } from './journal.contract.ts';
import { createMemoryJournal } from './journal.memory.ts';

describeJournal('in process', async () => createMemoryJournal());
