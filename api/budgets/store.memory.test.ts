import { describeBudgets } from './store.contract.ts';
import { createMemoryBudgets } from './store.memory.ts';

const store = createMemoryBudgets();
describeBudgets(() => ({ here: store, there: store }));
