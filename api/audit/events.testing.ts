import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry, AuditEvent } from './auditEvent.ts';
import { type ChainLink, faultOf, type StoredEntry } from './chain.ts';
import { createEventIds } from './eventIds.ts';
import type { AuditStore } from './store/store.ts';

let next = createEventIds();
let latest = new Date(0);

/** Unlike those of the service, they may go back in time. */
const idAt = (at: Date) => {
  if (at < latest) next = createEventIds();
  latest = at;
  return next(at);
};

/** A sign-in, unless `given` says otherwise. */
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

/** The whole chain, in its order. */
export const readChain = async (store: AuditStore): Promise<readonly StoredEntry[]> =>
  store.chainAfter((await store.anchor()).seq, 10_000);

/** The chain once it has what is looked for: some of it is written by and by. */
export const chainOnce = async (
  store: AuditStore,
  isThere: (entries: readonly AuditEntry[]) => boolean,
): Promise<readonly AuditEntry[]> => {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    const entries = await readChain(store);
    if (isThere(entries)) return entries;
    if (performance.now() > giveUpAt) throw new Error('what is looked for was not written');
    await sleep(20);
  }
};

/** What is wrong with each of them; nothing where the chain is whole. */
export const faultsOf = (entries: readonly StoredEntry[], anchor: ChainLink): readonly string[] =>
  entries.flatMap((entry, at) => faultOf(entry, entries[at - 1] ?? anchor) ?? []);
