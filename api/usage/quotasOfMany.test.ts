import { parseByRole } from '../access/byRole.ts';
import { parseTokens } from '../config/values/tokenCount.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { newId } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { Quota } from './quota.ts';
import { createQuotas } from './quotas.ts';

const byRole = (text: string) => {
  const limits = parseByRole(parseTokens)(text);
  if (!limits) throw new Error(`${text} is not a quota by role`);
  return limits;
};

describe('quotas of many users', () => {
  let stores: Stores;
  /** The number of users in each query to the store. */
  let queriedUsers: number[];
  beforeEach(async () => {
    stores = await openTemporaryStores();
    queriedUsers = [];
  });
  afterEach(() => stores.close());

  const open = ({ day = 'off', month = 'off', now = '2026-03-31T12:00:00Z' }) => {
    const counted = { ...stores.usage };
    counted.quotasOf = (ids) => {
      queriedUsers.push(ids.length);
      return stores.usage.quotasOf(ids);
    };
    counted.ofOwners = (ids, from, to) => {
      queriedUsers.push(ids.length);
      return stores.usage.ofOwners(ids, from, to);
    };
    return createQuotas({
      usage: counted,
      day: byRole(day),
      month: byRole(month),
      roleOf: async () => 'MEMBER',
      clock: () => new Date(now),
    });
  };
  const use = (ownerId: string, day: string, tokens: number, model = 'm') =>
    stores.usage.add({
      ownerId,
      day,
      model,
      generations: 1,
      cached: 0,
      promptTokens: 1,
      completionTokens: tokens - 1,
    });
  const member = (id = newId()) => ({ id, role: 'MEMBER' as const });
  const summaryOf = (quotas: readonly Quota[] | undefined) =>
    quotas?.map(({ period, used, limit }) => [period, used, limit]);

  it('are read with two queries, and assigned to their users', async () => {
    const users = Array.from({ length: 100 }, () => member());
    for (const [index, { id }] of users.entries()) await use(id, '2026-03-31', index + 1);
    const found = await open({ day: '1000' }).ofMany(users);
    expect(found.map((quotas) => quotas[0]?.used)).toEqual(users.map((_user, index) => index + 1));
    expect(queriedUsers).toEqual([100, 100]);
  });

  it('count from the start of the UTC day and month', async () => {
    const user = member();
    for (const [day, tokens] of [
      ['2026-02-28', 10_000],
      ['2026-03-01', 1000],
      ['2026-03-30', 100],
      ['2026-03-31', 10],
    ] as const) {
      await use(user.id, day, tokens);
      await use(user.id, day, tokens, 'another');
    }
    const limits = { day: '50', month: '5000' };
    const [atTheEnd] = await open(limits).ofMany([user]);
    expect(summaryOf(atTheEnd)).toEqual([
      ['DAY', 20, 50],
      ['MONTH', 2220, 5000],
    ]);
    const [atTheBeginning] = await open({ ...limits, now: '2026-03-01T00:00:00Z' }).ofMany([user]);
    expect(summaryOf(atTheBeginning)).toEqual([
      ['DAY', 2000, 50],
      ['MONTH', 2000, 5000],
    ]);
  });

  it('say which are overrides, and what the role’s quota is', async () => {
    const [own, other, admin] = [member(), member(), { id: newId(), role: 'ADMIN' as const }];
    await stores.usage.setQuota(own.id, { day: 0, month: 70 });
    const quotas = open({ day: 'MEMBER=50' });
    const found = await quotas.ofMany([other, admin, own]);
    expect(found.map((each) => each.map(({ limit, isOwn, roleLimit }) => [limit, isOwn, roleLimit]))).toEqual(
      [
        [[50, false, 50]],
        [],
        [
          [0, true, 50],
          [70, true, null],
        ],
      ],
    );
    expect(queriedUsers).toEqual([3, 2]);
  });

  it('read no usage if no user is limited', async () => {
    expect(await open({}).ofMany([member(), member()])).toEqual([[], []]);
    expect(queriedUsers).toEqual([2]);
  });
});
