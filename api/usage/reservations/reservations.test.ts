import { setImmediate as nextTick } from 'node:timers/promises';
import { describeWithRedis, openReplicas, silent } from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import type { Stores } from '../../stores/stores.ts';
import { createQuotas } from '../quotas.ts';
import { dayOf } from '../usage.ts';
import { createReservations, type ReservationRequest, type Reservations } from './reservations.ts';
import { createMemoryReservationStore } from './store.memory.ts';
import { createRedisReservationStore } from './store.redis.ts';
import type { Reservation, ReservationStore } from './store.ts';

const limit = 1000;
const all = { ADMIN: limit, MEMBER: limit, VIEWER: limit };
const none = { ADMIN: null, MEMBER: null, VIEWER: null };

/** `openStore` opens the store of another replica. */
const describeReservations = (openStore: () => ReservationStore) => {
  let stores: Stores;
  let ended: readonly Reservation[] = [];
  let owner = '';
  beforeEach(async () => {
    stores = await openTemporaryStores();
    ended = [];
    owner = crypto.randomUUID();
  });
  afterEach(() => stores.close());

  const open = (): Reservations => {
    const clock = () => new Date();
    return createReservations({
      quotas: createQuotas({
        usage: {
          ...stores.usage,
          // As slow as a store on a network, so that answers settle between reading a quota and reserving.
          ofOwners: async (...given) => {
            const found = await stores.usage.ofOwners(...given);
            await nextTick();
            return found;
          },
        },
        day: all,
        month: none,
        roleOf: async () => 'MEMBER',
        clock,
      }),
      reservationStore: openStore(),
      findEnded: async () => ended,
      recordLimitHit: () => {},
      clock,
      log: silent,
    });
  };
  const request = (id: string, tokens: number): ReservationRequest => ({
    ownerId: owner,
    id,
    attempt: 1,
    minTokens: tokens,
    wantedTokens: tokens,
    state: 'running',
  });
  const use = (reservations: Reservations, id: string, tokens: number) =>
    reservations.settle(owner, id, 1, async () => {
      await nextTick();
      await stores.usage.add({
        ownerId: owner,
        day: dayOf(new Date()),
        model: 'm',
        generations: 1,
        cached: 0,
        promptTokens: 0,
        completionTokens: tokens,
      });
      await nextTick();
    });
  const used = async () => {
    const entries = await stores.usage.ofOwner(owner, '2000-01-01', '3000-01-01');
    return entries.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  };

  it('let concurrent answers use exactly the whole quota', async () => {
    const replicas = [open(), open()];
    let rejected = 0;
    const worker = async (name: number) => {
      const reservations = replicas[name % 2];
      for (let count = 0; reservations; count += 1) {
        const id = `${name} ${count}`;
        try {
          await reservations.reserve(request(id, 25));
        } catch (error) {
          expect(error).toMatchObject({ code: 'QUOTA_EXCEEDED' });
          rejected += 1;
          return;
        }
        // The used tokens are fewer than the reserved ones.
        await use(reservations, id, 20);
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, name) => worker(name)));
    expect(rejected).toBe(10);
    // Each worker stopped only when less than one reservation was left beside the reservations of the others.
    expect(await used()).toBeLessThanOrEqual(limit);
    expect(await used()).toBeGreaterThan(limit - 25 * 10);
    // Without other reservations, the rest can be used to the last token.
    const [here] = replicas;
    let rest = limit - (await used());
    for (let count = 0; rest > 0 && here; count += 1, rest = limit - (await used())) {
      const granted = await here.reserve({ ...request(`rest ${count}`, 1), wantedTokens: 25 });
      expect(granted).toBe(Math.min(25, rest));
      await use(here, `rest ${count}`, granted ?? 0);
    }
    expect(await used()).toBe(limit);
  }, 30_000);

  it('release reservations of ended answers as soon as another answer needs them', async () => {
    const reservations = open();
    await reservations.reserve({ ...request('cancelled', 900), state: 'waiting' });
    await expect(reservations.reserve(request('next', 200))).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringContaining('Your other answers have reserved'),
    });
    ended = [{ id: 'cancelled', attempt: 1, heldMs: 1 }];
    expect(await reservations.reserve(request('next', 200))).toBe(200);
  });

  it('report that the prompt by itself needs more than is left', async () => {
    await use(open(), 'first', 950);
    await expect(open().reserve({ ...request('next', 60), state: 'waiting' })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringMatching(
        /^This prompt needs about 60 tokens, but only 50 of your 1,000 tokens for today/,
      ),
    });
  });

  it('are released even if counting the usage fails', async () => {
    const reservations = open();
    await reservations.reserve(request('one', limit));
    const counting = reservations.settle(owner, 'one', 1, async () => {
      throw new Error('the store failed');
    });
    await expect(counting).rejects.toThrow('the store failed');
    expect(await reservations.reserve(request('other', limit))).toBe(limit);
  });
};

describe('reservations in one process', () => {
  const reservationStore = createMemoryReservationStore();
  describeReservations(() => reservationStore);
});

describeWithRedis('reservations of two replicas', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeReservations(() => createRedisReservationStore(replicas.replica()));
});
