import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry, AuditEvent } from './auditEvent.ts';
import { type ChainLink, faultOf, type StoredEntry } from './chain.ts';
import { createEventIds } from './eventIds.ts';
import type { AuditStore } from './store/store.ts';

let next = createEventIds();
let latest = new Date(0);

/** Unlike the service's ids, these may go back in time. */
const idAt = (at: Date) => {
  if (at < latest) next = createEventIds();
  latest = at;
  return next(at);
};

/** Returns a sign-in event; `given` overrides its fields. */
export const newEvent = (given: Partial<AuditEvent> = {}): AuditEvent => ({
  ...idAt(given.at ?? new Date()),
  action: 'SIGN_IN',
  outcome: 'OK',
  userId: null,
  username: null,
  target: null,
  targetId: null,
  address: '192.0.2.1',
  requestId: 'request-1',
  details: {},
  count: 1,
  ...given,
});

/** Returns the whole chain in order. */
export const readChain = async (store: AuditStore): Promise<readonly StoredEntry[]> =>
  store.chainAfter((await store.anchor()).seq, 10_000);

/** Waits until the chain has the expected entries, because some are written in the background. */
export const chainOnce = async (
  store: AuditStore,
  isThere: (entries: readonly AuditEntry[]) => boolean,
): Promise<readonly AuditEntry[]> => {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    const entries = await readChain(store);
    if (isThere(entries)) return entries;
    if (performance.now() > giveUpAt) throw new Error('the expected entries were not written');
    await sleep(20);
  }
};

/** Returns the faults of all entries; empty if the chain is valid. */
export const faultsOf = (entries: readonly StoredEntry[], anchor: ChainLink): readonly string[] =>
  entries.flatMap((entry, at) => faultOf(entry, entries[at - 1] ?? anchor) ?? []);
