import { createRedisBus } from '../realtime/bus.redis.ts';
import { describeWithRedis, openReplicas } from '../redis/server.testing.ts';
import { forward } from '../stores/stores.contract.ts';
import { client, openTestAccounts, password, type TestAccounts } from './accounts.testing.ts';
import { maxSessions } from './authentication.ts';

describe('sessions', () => {
  let test: TestAccounts;
  beforeEach(async () => {
    test = await openTestAccounts();
  });
  afterEach(() => test.close());

  it('are listed to their own user only, with address and user agent', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER');
    const { items } = await accounts.sessions.page(member, forward(10));
    expect(items).toEqual([
      expect.objectContaining({ id: member.sessionId, userAgent: 'jest', address: '192.0.2.1' }),
    ]);
    expect(await accounts.sessions.findMany(member, [admin.sessionId, member.sessionId])).toEqual([
      null,
      items[0],
    ]);
  });

  it('record their last use, at most once a minute', async () => {
    const { accounts, stores } = test;
    const member = await test.signUp('MEMBER');
    const lastSeen = async () => {
      await accounts.verifySessionToken(member.token, '198.51.100.9');
      const session = await stores.accounts.findSession(member.sessionId, test.now);
      return session && { at: session.lastSeenAt, from: session.address };
    };
    const first = await lastSeen();
    expect(first?.from).toBe('192.0.2.1');
    test.now = new Date(test.now.getTime() + 61_000);
    expect(await lastSeen()).toEqual({ at: test.now, from: '198.51.100.9' });
  });

  it('are limited: another sign-in ends the one that was used longest ago, and closes its sockets', async () => {
    const { accounts } = test;
    const member = await test.signUp('MEMBER');
    const revoked: string[] = [];
    await accounts.onAccessRevoked(member, (reason) => void revoked.push(reason));
    test.now = new Date(test.now.getTime() + 1000);
    for (let count = 1; count < maxSessions; count += 1) await accounts.openSession(member.user, client);
    expect(await accounts.verifySessionToken(member.token)).not.toBeNull();
    expect(revoked).toEqual([]);
    const { token } = await accounts.openSession(member.user, client);
    expect(await accounts.verifySessionToken(member.token)).toBeNull();
    expect(await accounts.verifySessionToken(token)).not.toBeNull();
    expect(revoked).toEqual(['ended']);
    const { hasNextPage } = await accounts.sessions.page(member, forward(maxSessions));
    expect(hasNextPage).toBe(false);
  });

  it('are revoked one by one, by their own user only', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER');
    const { token, session } = await accounts.signIn(member.user.username, password, client);
    await accounts.sessions.revoke(member, session.id);
    expect(await accounts.verifySessionToken(token)).toBeNull();
    expect(await accounts.verifySessionToken(member.token)).not.toBeNull();
    await expect(accounts.sessions.revoke(member, admin.sessionId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('are revoked all but the current one', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER');
    for (let count = 0; count < 3; count += 1) await accounts.signIn(member.user.username, password, client);
    expect(await accounts.sessions.revokeOthers(member)).toBe(3);
    const { items } = await accounts.sessions.page(member, forward(10));
    expect(items.map(({ id }) => id)).toEqual([member.sessionId]);
    expect(await accounts.sessions.findMany(admin, [admin.sessionId])).not.toEqual([null]);
  });
});

describeWithRedis('a revoked session on another replica', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  it('is invalid there immediately, and its listeners are called', async () => {
    const buses = [createRedisBus(replicas.replica()), createRedisBus(replicas.replica())] as const;
    const test = await openTestAccounts(buses[0]);
    const elsewhere = test.replica(buses[1]);
    const member = await test.signUp('MEMBER');
    const ended = Promise.withResolvers<void>();
    await elsewhere.onAccessRevoked(member, () => ended.resolve());
    await test.accounts.sessions.revoke(test.admin, member.sessionId).catch(() => {});
    expect(await elsewhere.verifySessionToken(member.token)).not.toBeNull();
    await test.accounts.sessions.revoke(member, member.sessionId);
    await ended.promise;
    expect(await elsewhere.verifySessionToken(member.token)).toBeNull();
    await test.close();
    await Promise.all(buses.map((bus) => bus.close()));
  });
});
