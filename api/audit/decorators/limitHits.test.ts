import type { LimitHit } from '../../limits/hits/store.ts';
import type { EventDraft } from '../recorder.ts';
import { decorateLimitHits } from './limitHits.ts';

describe('audit entries of reached limits', () => {
  const alice = { limit: 'SOCKETS', userId: 'alice', address: null } as const;
  const start = () => {
    const time = { ms: 0 };
    const passed: LimitHit[] = [];
    const entries: EventDraft[] = [];
    const record = decorateLimitHits(
      (hit) => void passed.push(hit),
      { recordSoon: (draft) => void entries.push(draft) },
      { users: { findUser: async () => null }, now: () => time.ms },
    );
    return { time, passed, entries, record };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are one for each caller and limit in ten minutes, however often it is hit', async () => {
    const { time, passed, entries, record } = start();
    for (let count = 0; count < 1000; count += 1) record(alice);
    record({ ...alice, limit: 'STREAMS' });
    record({ ...alice, userId: 'bob' });
    record({ limit: 'SOCKETS', userId: null, address: '192.0.2.1' });
    await settled();
    expect(passed).toHaveLength(1003);
    const recorded = () => entries.map(({ userId, address, details }) => [userId ?? address, details?.limit]);
    expect(recorded()).toHaveLength(4);
    expect(recorded()).toEqual(
      expect.arrayContaining([
        ['alice', 'SOCKETS'],
        ['alice', 'STREAMS'],
        ['bob', 'SOCKETS'],
        ['192.0.2.1', 'SOCKETS'],
      ]),
    );
    time.ms += 10 * 60_000;
    record(alice);
    await settled();
    expect(recorded()).toHaveLength(5);
  });

  it('are bounded for all callers together', async () => {
    const { time, entries, record } = start();
    const flood = () => {
      for (let count = 0; count < 2000; count += 1) {
        record({ limit: 'ADDRESS_RATE', userId: null, address: `2001:db8:${count}::/64` });
      }
    };
    flood();
    flood();
    expect(entries).toHaveLength(500);
    time.ms += 10 * 60_000;
    flood();
    expect(entries).toHaveLength(1000);
  });

  it('leave out limits that the failure of an action shows', async () => {
    const { entries, record } = start();
    record({ ...alice, limit: 'QUOTA' });
    await settled();
    expect(entries).toEqual([]);
  });
});
