import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import { type ConnectionRateOptions, createConnectionRate } from './connectionRate.ts';
import { createKnownAddresses } from './knownAddresses.ts';

/** A connection of an address. */
const socketOf = (remoteAddress: string) => {
  const socket = {
    remoteAddress,
    destroyed: false,
    destroy() {
      this.destroyed = true;
    },
    once() {},
    off() {},
  };
  return socket as unknown as Socket;
};

describe('the rate of new connections', () => {
  let now = 0;
  let handled: string[] = [];
  let limited: string[] = [];
  let rate: ReturnType<typeof createConnectionRate>;

  const start = (options: Partial<ConnectionRateOptions> = {}) => {
    [now, handled, limited] = [0, [], []];
    rate = createConnectionRate({
      connectionsPerSecond: 10,
      addressConnectionsPerSecond: 5,
      userConnectionsPerSecond: 20,
      idleConnections: 100,
      addressIdleConnections: 50,
      isProxy: (address) => address === '192.0.2.99',
      isKnown: (address) => address === '192.0.2.1',
      onLimit: (event, address) => limited.push(`${event} ${address}`),
      now: () => now,
      ...options,
    });
  };
  const open = (address: string, count = 1): readonly Socket[] =>
    Array.from({ length: count }, () => {
      const socket = socketOf(address);
      rate.admit(socket, () => handled.push(address));
      return socket;
    });
  const handledOf = (address: string) => handled.filter((each) => each === address).length;
  /** Lets time pass until the waiting connections have been looked at. */
  const pass = async (ms: number) => {
    now += ms;
    jest.advanceTimersByTime(20);
  };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
  });
  afterEach(() => {
    rate.close();
    jest.useRealTimers();
  });

  it('lets the connections of an address over its rate wait, and handles them later', async () => {
    start();
    open('192.0.2.2', 30);
    expect(handled).toHaveLength(20);
    expect(rate.waiting()).toBe(10);
    await pass(1000);
    expect(handled).toHaveLength(25);
    await pass(1000);
    expect(handled).toHaveLength(30);
    expect(rate.waiting()).toBe(0);
  });

  it('of many anonymous addresses leaves the rate of addresses of users untouched', () => {
    start();
    for (let address = 10; address < 30; address += 1) open(`192.0.2.${address}`, 4);
    expect(handled).toHaveLength(40);
    open('192.0.2.1', 80);
    expect(handledOf('192.0.2.1')).toBe(80);
  });

  it('lets addresses take turns, so that one with few connections does not wait for one with many', async () => {
    start();
    for (const address of ['192.0.2.2', '192.0.2.3']) open(address, 50);
    open('192.0.2.4');
    expect(handledOf('192.0.2.4')).toBe(0);
    await pass(400);
    expect(handledOf('192.0.2.4')).toBe(1);
  });

  it('closes connections over the maximum that may wait, and those that wait too long', async () => {
    start({ addressIdleConnections: 5 });
    const sockets = open('192.0.2.2', 30);
    expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(5);
    await pass(20_001);
    expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(10);
    expect(rate.waiting()).toBe(0);
    expect(limited.filter((event) => event.startsWith('CLOSED'))).toHaveLength(10);
  });

  it('does not limit trusted proxies', () => {
    start();
    open('192.0.2.99', 500);
    expect(handled).toHaveLength(500);
  });
});

describe('known addresses', () => {
  it('are the last few of each user, however many it uses', () => {
    const known = createKnownAddresses();
    for (let address = 1; address <= 6; address += 1) known.note('mallory', `192.0.2.${address}`);
    known.note('alice', '192.0.2.1');
    const all = [1, 2, 3, 4, 5, 6].filter((address) => known.has(`192.0.2.${address}`));
    expect(all).toEqual([1, 3, 4, 5, 6]);
  });

  it('count the /64 network of IPv6', () => {
    const known = createKnownAddresses();
    known.note('alice', '2001:db8:1:2::3');
    expect([known.has('2001:db8:1:2::4'), known.has('2001:db8:1:3::3')]).toEqual([true, false]);
  });
});

describe('connections over the rate of a server', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  it('wait unread, and are answered', async () => {
    app = await startTestApp({ env: { CALLER_LIMITS: 'addressConnectionsPerSecond=2' } });
    const { port } = new URL(app.url);
    // The test's own client has authenticated from 127.0.0.1.
    const answers = Array.from({ length: 12 }, async () => {
      const peer = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.77' });
      peer.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      let text = '';
      peer.on('data', (chunk) => {
        text += String(chunk);
      });
      await once(peer, 'close');
      return text;
    });
    for (const text of await Promise.all(answers)) expect(text).toContain('200 OK');
  }, 30_000);
});
