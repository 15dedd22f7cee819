import type { Viewer } from '../access/viewer.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { createRedisBus } from '../realtime/bus.redis.ts';
import type { Bus, BusListener } from '../realtime/bus.ts';
import { describeWithRedis, openReplicas, silent } from '../redis/server.testing.ts';
import { accessRevoked, createAccessRevocations } from './accessRevocation.ts';

const viewerOf = (sessionId: string | null, given: Partial<Viewer> = {}): Viewer => ({
  user: {
    id: 'ann',
    username: 'ann',
    role: 'MEMBER',
    status: 'ACTIVE',
    passwordHash: '',
    identity: null,
    createdAt: new Date(),
  },
  sessionId,
  apiKey: null,
  expiresAt: new Date(Date.now() + 60_000),
  ...given,
});

const open = (bus: Bus, revoked = new Set<string>()) =>
  createAccessRevocations({
    bus,
    clock: () => new Date(),
    log: silent,
    isRevoked: async ({ sessionId }) => revoked.has(String(sessionId)),
  });

describe('access revocation', () => {
  it('notifies listeners of the session on another replica, and no others', async () => {
    const bus = createMemoryBus();
    const [here, there] = [open(bus), open(bus)];
    const ended: string[] = [];
    await there.listen(viewerOf('a'), () => ended.push('a'));
    await there.listen(viewerOf('b'), () => ended.push('b'));
    await here.publish('a');
    expect(ended).toEqual(['a']);
    expect(there.listenerCount()).toBe(1);
  });

  it('ends sessions, keys and tokens of a user when published for the user', async () => {
    const revocations = open(createMemoryBus());
    const ended: string[] = [];
    const key: Viewer = viewerOf(null, { apiKey: { id: 'key', scopes: ['READ'] }, expiresAt: null });
    await revocations.listen(viewerOf('a'), () => ended.push('session'));
    await revocations.listen(key, () => ended.push('key'));
    await revocations.listen(viewerOf(null), () => ended.push('token'));
    const bob = { ...key.user, id: 'bob' };
    await revocations.listen(viewerOf('b', { user: bob }), () => ended.push('bob'));
    await revocations.publish('ann');
    expect(ended).toEqual(['session', 'key', 'token']);
    expect(revocations.listenerCount()).toBe(1);
  });

  it('of one API key does not revoke the user’s other keys', async () => {
    const revocations = open(createMemoryBus());
    const ended: string[] = [];
    for (const id of ['one', 'two']) {
      const key = viewerOf(null, { apiKey: { id, scopes: ['READ'] }, expiresAt: null });
      await revocations.listen(key, () => ended.push(id));
    }
    await revocations.publish('one');
    expect(ended).toEqual(['one']);
  });

  it('that was missed during a bus outage is detected afterwards', async () => {
    const bus = createMemoryBus();
    const revoked = new Set<string>();
    const subscribed: BusListener<{ id: string }>[] = [];
    const observedBus: Bus = {
      ...bus,
      async subscribe(topic, key, listener) {
        subscribed.push({ message: () => {}, missed: () => listener.missed() });
        return bus.subscribe(topic, key, listener);
      },
    };
    const revocations = open(observedBus, revoked);
    const ended = Promise.withResolvers<void>();
    await revocations.listen(viewerOf('a'), () => ended.resolve());
    revoked.add('a');
    for (const listener of subscribed) listener.missed();
    await ended.promise;
    expect(revocations.listenerCount()).toBe(0);
  });

  it('notifies local listeners even if the bus is unavailable', async () => {
    const unavailable: Bus = { ...createMemoryBus(), publish: () => Promise.reject(new Error('down')) };
    const revocations = open(unavailable);
    let ended = 0;
    await revocations.listen(viewerOf('a'), () => {
      ended += 1;
    });
    await revocations.publish('a');
    expect(ended).toBe(1);
  });

  it('subscribes to the bus only while there are listeners', async () => {
    const bus = createMemoryBus();
    const revocations = open(bus);
    const stops = [
      await revocations.listen(viewerOf('a'), () => {}),
      await revocations.listen(viewerOf('b'), () => {}),
    ];
    expect(bus.listenerCount()).toBe(1);
    for (const stop of stops) stop();
    const settled = await bus.subscribe(accessRevoked, 'another', { message: () => {}, missed: () => {} });
    await settled();
    expect(bus.listenerCount()).toBe(0);
  });

  describeWithRedis('on Redis', () => {
    const replicas = openReplicas();
    afterAll(() => replicas.close());

    it('notifies another replica', async () => {
      const [here, there] = [
        open(createRedisBus(replicas.replica())),
        open(createRedisBus(replicas.replica())),
      ];
      const ended = Promise.withResolvers<void>();
      const isSubscribed = Promise.withResolvers<void>();
      await there.listen(viewerOf('a'), () => ended.resolve());
      // Both listeners share one subscription. When the second is called, the subscription is established.
      await there.listen(viewerOf('b'), () => isSubscribed.resolve());
      const publishing = setInterval(() => here.publish('b'), 50);
      await isSubscribed.promise;
      clearInterval(publishing);
      await here.publish('a');
      await ended.promise;
    });
  });
});
