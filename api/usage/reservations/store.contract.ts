import type { ReservationStore, ReserveRequest } from './store.ts';

const newOwner = () => crypto.randomUUID();

/** `there` is another replica's store. `pass` advances the adapter's clock by milliseconds. */
export const describeReservationStore = (
  open: () => { readonly here: ReservationStore; readonly there: ReservationStore },
  pass: (ms: number) => Promise<void> | void,
): void => {
  describe('reservations of a quota', () => {
    let here: ReservationStore;
    let there: ReservationStore;
    let owner = '';
    beforeAll(() => {
      ({ here, there } = open());
    });
    beforeEach(() => {
      owner = newOwner();
    });

    const reserve = (at: ReservationStore, id: string, tokens: number, more: Partial<ReserveRequest> = {}) =>
      at.reserve({
        ownerId: owner,
        id,
        attempt: 1,
        minTokens: tokens,
        wantedTokens: tokens,
        availableTokens: 100,
        version: 0,
        leaseMs: 30_000,
        ...more,
      });
    const granted = (tokens: number) => ({ outcome: 'GRANTED', tokens });
    const held = (id: string, attempt = 1) => ({ id, attempt, heldMs: expect.any(Number) });
    const rejected = (others: number, ...holders: readonly object[]) => ({
      outcome: 'REJECTED',
      others,
      isSettling: false,
      holders: expect.arrayContaining([...holders]),
    });

    it('are listed by owner, largest first, until they are released or expire', async () => {
      const amounts = async () =>
        Object.fromEntries(
          (await there.largest(1000)).largest.map(({ ownerId, amount }) => [ownerId, amount]),
        );
      const [small, large] = [owner, newOwner()];
      await reserve(here, 'one', 5);
      await reserve(here, 'two', 6, { leaseMs: 1000 });
      owner = large;
      await reserve(there, 'three', 40);
      expect(await amounts()).toMatchObject({ [small]: 11, [large]: 40 });
      expect((await here.largest(1)).largest).toHaveLength(1);
      expect((await here.largest(1)).total).toBeGreaterThanOrEqual(51);
      await there.release(large, 'three', 1);
      await pass(1100);
      const left = await amounts();
      expect([left[small], left[large]]).toEqual([5, undefined]);
    });

    it('never exceed the available tokens in total, even with simultaneous requests on two replicas', async () => {
      const all = await Promise.all(
        Array.from({ length: 50 }, (_, index) => reserve(index % 2 ? here : there, `id ${index}`, 7)),
      );
      expect(all.filter(({ outcome }) => outcome === 'GRANTED')).toHaveLength(14);
      expect(all.filter(({ outcome }) => outcome === 'REJECTED')).toHaveLength(36);
      expect(await reserve(there, 'small', 2)).toEqual(granted(2));
      expect(await reserve(here, 'other', 1)).toMatchObject({ outcome: 'REJECTED', others: 100 });
    });

    it('grant the available tokens, and replace the answer’s earlier reservation', async () => {
      expect(await reserve(here, 'one', 10, { wantedTokens: 60 })).toEqual(granted(60));
      expect(await reserve(there, 'other', 10, { wantedTokens: 60 })).toEqual(granted(40));
      expect(await reserve(here, 'one', 61)).toEqual(rejected(40, held('other')));
      expect(await reserve(there, 'other', 5)).toEqual(granted(5));
      expect(await reserve(here, 'one', 61, { wantedTokens: 200 })).toEqual(granted(95));
    });

    it('don’t reduce the tokens available to their own answer', async () => {
      expect(await reserve(here, 'one', 100)).toEqual(granted(100));
      expect(await reserve(there, 'one', 100)).toEqual(granted(100));
      expect(await reserve(there, 'other', 1)).toEqual(rejected(100, held('one')));
    });

    it('are freed by a release, which makes a count from before it stale', async () => {
      expect(await here.version(owner)).toBe(0);
      await reserve(here, 'one', 100);
      await there.release(owner, 'one', 1);
      expect(await reserve(here, 'other', 1)).toEqual({ outcome: 'STALE' });
      const version = await there.version(owner);
      expect(version).toBe(1);
      expect(await reserve(here, 'other', 100, { version })).toEqual(granted(100));
      await here.release(owner, 'an answer without a reservation', 1);
      expect(await there.version(owner)).toBe(2);
    });

    it('report whether one of them is being settled', async () => {
      await reserve(here, 'one', 60);
      await there.markSettling(owner, 'one', 1);
      await there.markSettling(owner, 'an answer without a reservation', 1);
      expect(await reserve(here, 'other', 41)).toMatchObject({ outcome: 'REJECTED', isSettling: true });
      expect(await reserve(here, 'other', 40)).toEqual(granted(40));
    });

    it('are not changed by requests of an earlier attempt', async () => {
      await reserve(here, 'one', 60, { attempt: 2 });
      expect(await reserve(there, 'one', 10)).toEqual(granted(60));
      await there.markSettling(owner, 'one', 1);
      await there.release(owner, 'one', 1);
      const version = await there.version(owner);
      expect(await reserve(there, 'other', 41, { version })).toEqual(rejected(60, held('one', 2)));
    });

    it('expire unless they are renewed', async () => {
      await reserve(here, 'dead', 40, { leaseMs: 400 });
      await reserve(here, 'alive', 40, { leaseMs: 400 });
      expect(await reserve(there, 'other', 100)).toEqual(rejected(80, held('dead'), held('alive')));
      await pass(250);
      await reserve(here, 'alive', 40, { leaseMs: 60_000 });
      await pass(250);
      expect(await reserve(there, 'other', 100)).toEqual(rejected(40, held('alive')));
    });

    it('are counted separately for each user', async () => {
      await reserve(here, 'one', 100);
      expect(await reserve(here, 'one', 100, { ownerId: newOwner() })).toEqual(granted(100));
    });
  });
};
