import { backward, forward, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { type AuditFilter, everyAuditEntry } from '../auditEvent.ts';
import { genesis } from '../chain.ts';
import { faultsOf, newEvent, readChain } from '../events.testing.ts';

export const describeAuditStore = (open: OpenStores): void => {
  describe('an audit store', () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await open();
    });
    afterEach(() => stores.close());

    const write = async (count: number, at?: Date) => {
      const events = Array.from({ length: count }, () => newEvent(at ? { at } : {}));
      await stores.audit.append(events);
      return events;
    };
    const faults = async () => faultsOf(await readChain(stores.audit), await stores.audit.anchor());

    it('returns events unchanged, to the millisecond', async () => {
      const event = newEvent({
        action: 'DELETE_USER',
        outcome: 'FORBIDDEN',
        userId: newId(),
        username: 'Éva 😀',
        target: 'a "name", with all\nthere is',
        targetId: 'x',
        details: { z: 1.5, a: 'é\u0000\ud800', '10': true, '9': null },
        count: 7,
      });
      await stores.audit.append([event]);
      const [entry] = await stores.audit.findMany([event.id]);
      const { seq, previousHash, hash, ...rest } = entry ?? { seq: 0, previousHash: '', hash: '' };
      expect(rest).toEqual(event);
      expect([seq, previousHash]).toEqual([1, genesis.hash]);
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(await faults()).toEqual([]);
    });

    it('chains all events in order, also simultaneous ones', async () => {
      const batches = Array.from({ length: 50 }, () => [newEvent(), newEvent(), newEvent()]);
      await stores.audit.append([]);
      await Promise.all(batches.map((batch) => stores.audit.append(batch)));
      const entries = await readChain(stores.audit);
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 150 }, (_, at) => at + 1));
      expect(await faults()).toEqual([]);
      const places = new Map(entries.map(({ id, seq }) => [id, seq]));
      const isInOrder = batches.map((batch) => batch.map(({ id }) => places.get(id) ?? 0));
      for (const [a = 0, b = 0, c = 0] of isInOrder) expect([b > a, c > b]).toEqual([true, true]);
    });

    it('stores an event once that is written again after a lost response', async () => {
      const [one, two, three] = [newEvent(), newEvent(), newEvent()];
      await stores.audit.append([one, two]);
      await stores.audit.append([one, two, three]);
      expect((await readChain(stores.audit)).map(({ id }) => id)).toEqual([one.id, two.id, three.id]);
      expect(await faults()).toEqual([]);
    });

    it('pages entries, newest first', async () => {
      const ids = (await write(5)).map(({ id }) => id).reverse();
      const page = async (request: Parameters<typeof stores.audit.page>[1]) => {
        const { items, ...rest } = await stores.audit.page(everyAuditEntry, request);
        return { ids: items.map(({ id }) => id), ...rest };
      };
      expect(await page(forward(2))).toEqual({
        ids: ids.slice(0, 2),
        hasNextPage: true,
        hasPreviousPage: false,
      });
      expect(await page(forward(9, ids[1]))).toEqual({
        ids: ids.slice(2),
        hasNextPage: false,
        hasPreviousPage: true,
      });
      expect(await page(backward(2, ids[3]))).toEqual({
        ids: ids.slice(1, 3),
        hasNextPage: true,
        hasPreviousPage: true,
      });
    });

    it('filters by each criterion, and by all together', async () => {
      const noon = new Date('2026-03-01T12:00:00Z');
      const later = new Date(noon.getTime() + 1);
      const userId = newId();
      const some = [
        newEvent({ at: noon, action: 'SIGN_IN', outcome: 'UNAUTHENTICATED', username: 'Éva', userId }),
        newEvent({ at: noon, action: 'DELETE_USER', username: 'Éva', userId, target: 'bob' }),
        newEvent({ at: later, action: 'DELETE_MODEL', outcome: 'FORBIDDEN', target: 'bob' }),
        newEvent({ at: later, action: 'SIGN_IN', username: 'bob' }),
      ];
      await stores.audit.append(some);
      const find = async (given: Partial<AuditFilter>) => {
        const { items } = await stores.audit.page({ ...everyAuditEntry, ...given }, forward(9));
        return items.map(({ id }) => some.findIndex((event) => event.id === id)).reverse();
      };
      expect(await find({ actions: ['SIGN_IN'] })).toEqual([0, 3]);
      expect(await find({ actions: ['SIGN_IN', 'DELETE_USER'] })).toEqual([0, 1, 3]);
      expect(await find({ actions: [] })).toEqual([]);
      expect(await find({ username: 'e\u0301VA' })).toEqual([0, 1]);
      expect(await find({ refusedOnly: true })).toEqual([0, 2]);
      expect(await find({ target: 'bob' })).toEqual([1, 2]);
      expect(await find({ from: later })).toEqual([2, 3]);
      expect(await find({ to: later })).toEqual([0, 1]);
      expect(await find({ from: noon, to: noon })).toEqual([]);
      expect(await find({ from: new Date(8.64e15), to: new Date(-8.64e15) })).toEqual([]);
      expect(await find({ username: 'éva', refusedOnly: true, to: later, actions: ['SIGN_IN'] })).toEqual([
        0,
      ]);
      const own = await stores.audit.pageOfUser(userId, forward(9));
      expect(own.items.map(({ id }) => id)).toEqual([some[0]?.id, some[1]?.id]);
    });

    it('drops its oldest entries in batches, and stays verifiable', async () => {
      const [old, recent] = [new Date('2026-01-01'), new Date('2026-02-01')];
      await write(5, old);
      await write(2, recent);
      await write(2, old);
      expect(await stores.audit.drop(recent, 3)).toBe(3);
      const entries = await readChain(stores.audit);
      const third = await stores.audit.anchor();
      expect([third.seq, third.hash]).toEqual([3, entries[0]?.previousHash]);
      // Old entries behind a newer one stay.
      expect(await stores.audit.drop(recent, 100)).toBe(2);
      expect(await stores.audit.drop(recent, 100)).toBe(0);
      expect((await readChain(stores.audit)).map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
      expect(await faults()).toEqual([]);
    });

    it('keeps its newest entry, which the next one follows', async () => {
      await write(3);
      expect(await stores.audit.drop(new Date(Date.now() + 1000), 100)).toBe(2);
      await write(1);
      expect((await readChain(stores.audit)).map(({ seq }) => seq)).toEqual([3, 4]);
      expect(await faults()).toEqual([]);
      expect((await stores.audit.anchor()).seq).toBe(2);
    });
  });
};
