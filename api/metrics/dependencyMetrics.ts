import { Failure } from '../errors/failures.ts';
import type { SharedAdapters } from '../replicas/shared.ts';
import type { Stores } from '../stores/stores.ts';
import { buckets, type Definitions } from './definitions.ts';
import { type OnCall, observeCalls } from './observeCalls.ts';

const stores = [
  'accounts',
  'apiKeys',
  'conversations',
  'messages',
  'generations',
  'usage',
  'storage',
  'audit',
] as const satisfies readonly (keyof Stores)[];

const adapters = [
  'bus',
  'journal',
  'queue',
  'cache',
  'replicaRegistry',
  'limits',
  'runningSlots',
  'budgets',
  'limitHits',
  'reservationStore',
  'throttle',
] as const satisfies readonly (keyof SharedAdapters)[];

/** Failures of the dependency. Others, such as `NOT_FOUND`, are its answers. */
const isDependencyFailure = (error: unknown): boolean =>
  error !== null &&
  !(error instanceof Failure && error.code !== 'SERVICE_UNAVAILABLE' && error.code !== 'INTERNAL');

/** Measures the calls of the stores, and of the adapters that replicas share. */
export const createDependencyMetrics = ({ counter, histogram }: Definitions) => {
  const metered = (prefix: string, label: 'store' | 'adapter', subject: string, names: readonly string[]) => {
    const durations = histogram(
      `ziggie_${prefix}_call_duration_seconds`,
      `Duration of a call of ${subject}, failed ones included.`,
      [label],
      buckets.call,
    );
    const errors = counter(
      `ziggie_${prefix}_errors_total`,
      `Failed calls of ${subject}: unavailable, or an unexpected error.`,
      [label],
    );
    for (const name of names) errors.inc({ [label]: name }, 0);
    const onCall: OnCall = (name, durationS, error) => {
      durations.observe({ [label]: name } as Record<typeof label, string>, durationS);
      if (isDependencyFailure(error)) errors.inc({ [label]: name });
    };
    return onCall;
  };
  const onStoreCall = metered('store', 'store', 'a store (MongoDB or SQLite)', stores);
  const onAdapterCall = metered('adapter', 'adapter', 'a shared adapter (Redis, or memory)', adapters);

  return {
    stores: (all: Stores): Stores => ({
      ...all,
      ...Object.fromEntries(stores.map((name) => [name, observeCalls(all[name], name, onStoreCall)])),
    }),
    adapters: (all: SharedAdapters): SharedAdapters => ({
      ...all,
      ...Object.fromEntries(adapters.map((name) => [name, observeCalls(all[name], name, onAdapterCall)])),
    }),
  };
};
