import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import type { Stores } from '../stores/stores.ts';
import { newEvent, readChain } from './events.testing.ts';
import type { EventDraft } from './recorder.ts';
import { dropExpiredEntries } from './retention.ts';
import { verifyChain } from './verify.ts';

const now = new Date('2026-06-01T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

describe('the retention of the audit log', () => {
  let stores: Stores;
  beforeEach(async () => {
    stores = await openTemporaryStores();
  });
  afterEach(() => stores.close());

  const drop = async (days: number) => {
    const recorded: EventDraft[] = [];
    const recorder = {
      async record(draft: EventDraft) {
        recorded.push(draft);
        const { action, details = {}, count = 1 } = draft;
        await stores.audit.append([newEvent({ action, details, count, at: now })]);
      },
    };
    const clock = () => now;
    const { signal } = new AbortController();
    return {
      count: await dropExpiredEntries({ store: stores.audit, recorder, days, clock }, signal),
      recorded,
    };
  };

  it('drops entries older than AUDIT_DAYS in batches, and records it', async () => {
    const old = Array.from({ length: 1_200 }, () => newEvent({ at: daysAgo(31) }));
    const recent = [newEvent({ at: daysAgo(29) }), newEvent({ at: now })];
    await stores.audit.append([...old, ...recent]);
    const { count, recorded } = await drop(30);
    expect(count).toBe(1_200);
    const { seq, hash } = await stores.audit.anchor();
    const details = { before: daysAgo(30).toISOString(), lastSeq: seq, lastHash: hash };
    expect(recorded).toEqual([{ action: 'ENTRIES_DROPPED', count: 1_200, details }]);
    expect((await readChain(stores.audit)).slice(0, 2).map(({ id }) => id)).toEqual(
      recent.map(({ id }) => id),
    );
    expect(await verifyChain(stores.audit)).toMatchObject({ is: 'whole', entries: 3, first: { seq: 1_201 } });
  });

  it('records nothing if no entry is old', async () => {
    await stores.audit.append([newEvent({ at: daysAgo(29) })]);
    expect(await drop(30)).toEqual({ count: 0, recorded: [] });
  });
});
