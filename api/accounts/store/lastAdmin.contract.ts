import type { User } from '../../access/user.ts';
import { at, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';

/** `open` returns stores without users, so that the last administrator is known. */
export function describeLastAdmin(open: OpenStores): void {
  describe('the last administrator', () => {
    let stores: Stores;
    beforeEach(async () => {
      stores = await open();
    });
    afterEach(() => stores.close());

    const insertAdmin = async (given: Partial<User> = {}): Promise<string> => {
      const id = newId();
      const base = { id, username: id, status: 'ACTIVE', passwordHash: null, identity: null } as const;
      await stores.accounts.insertUser({ ...base, role: 'ADMIN', createdAt: at(0), ...given });
      return id;
    };

    it('can’t be demoted, disabled or deleted', async () => {
      const id = await insertAdmin();
      await insertAdmin({ status: 'DISABLED' });
      await insertAdmin({ role: 'MEMBER' });
      const before = await stores.accounts.findUser(id);
      expect(await stores.accounts.updateUser(id, { role: 'MEMBER' })).toBe('LAST_ADMIN');
      expect(await stores.accounts.updateUser(id, { status: 'DISABLED' })).toBe('LAST_ADMIN');
      expect(await stores.accounts.updateUser(id, { status: 'DELETING' })).toBe('LAST_ADMIN');
      expect(await stores.accounts.findUser(id)).toEqual(before);
    });

    it('remains when two administrators are demoted at once', async () => {
      const ids = [await insertAdmin(), await insertAdmin()];
      await Promise.all(ids.map((id) => stores.accounts.updateUser(id, { role: 'MEMBER' })));
      const left = await Promise.all(ids.map((id) => stores.accounts.findUser(id)));
      expect(left.filter((user) => user?.role === 'ADMIN').length).toBeGreaterThan(0);
    });

    it('can be demoted when there is another one', async () => {
      const [first, second] = [await insertAdmin(), await insertAdmin()];
      expect(await stores.accounts.updateUser(first, { role: 'MEMBER' })).toBe('UPDATED');
      expect(await stores.accounts.updateUser(second, { role: 'VIEWER' })).toBe('LAST_ADMIN');
      expect(await stores.accounts.updateUser(first, { role: 'ADMIN' })).toBe('UPDATED');
      expect(await stores.accounts.updateUser(second, { role: 'VIEWER' })).toBe('UPDATED');
    });
  });
}
