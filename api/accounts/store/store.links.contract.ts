import { at, forward } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { insertUser, newInvite } from './store.testing.ts';

/** Tests of one-time links. Part of `describeAccountStore`. */
export function describeLinks(opened: () => Stores): void {
  it('gives a link to one of several simultaneous uses, until it expires', async () => {
    const stores = opened();
    const link = newInvite({ note: 'for Ann' });
    await stores.accounts.insertLink(link);
    expect(await stores.accounts.findLink(link.secretHash, at(999))).toEqual(link);
    expect(await stores.accounts.findLink(link.secretHash, at(1000))).toBeNull();
    expect(await stores.accounts.consumeLink(link.secretHash, at(1000))).toBeNull();
    const take = () => stores.accounts.consumeLink(link.secretHash, at(0));
    const taken = await Promise.all([take(), take(), take()]);
    expect(taken.filter((each) => each !== null)).toEqual([link]);
    expect(await stores.accounts.findLink(link.secretHash, at(0))).toBeNull();
  });

  it('lists and deletes invites', async () => {
    const stores = opened();
    const user = await insertUser(stores);
    const [invite, reset] = [newInvite(), newInvite({ kind: 'PASSWORD_RESET', userId: user.id })];
    await stores.accounts.insertLink(invite);
    await stores.accounts.insertLink(reset);
    const { items } = await stores.accounts.pageOfInvites(forward(100), at(0));
    expect(items).toContainEqual(invite);
    expect(items).not.toContainEqual(reset);
    expect(await stores.accounts.findInvite(invite.id, at(999))).toEqual(invite);
    expect(await stores.accounts.findInvite(invite.id, at(1000))).toBeNull();
    expect(await stores.accounts.findInvite(reset.id, at(0))).toBeNull();
    expect(await stores.accounts.deleteInvite(reset.id)).toBe(false);
    expect(await stores.accounts.deleteInvite(invite.id)).toBe(true);
    expect(await stores.accounts.deleteInvite(invite.id)).toBe(false);
    await stores.accounts.deleteLinksOf(user.id);
    expect(await stores.accounts.findLink(reset.secretHash, at(0))).toBeNull();
  });

  it('deletes expired links and returns their number', async () => {
    const stores = opened();
    await stores.accounts.insertLink(newInvite({ expiresAt: new Date(1000) }));
    expect(await stores.accounts.deleteExpiredLinks(new Date(1000))).toBe(1);
    expect(await stores.accounts.deleteExpiredLinks(new Date(1000))).toBe(0);
  });
}
