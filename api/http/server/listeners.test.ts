import { defaultCallerLimits } from '../../config/values/callerLimits.ts';
import { createConnectionLimits } from './connectionLimits.ts';
import { createConnectionRate } from './connectionRate.ts';
import { type Address, createListeners, type Listeners } from './listeners.ts';

const open: Listeners[] = [];

const limits = () =>
  createConnectionLimits({ idleConnections: 100, addressIdleConnections: 100, isProxy: () => false });

const rate = () =>
  createConnectionRate({
    ...defaultCallerLimits,
    isProxy: () => false,
    isKnown: () => false,
  });

const listenersOn = (...addresses: readonly Address[]): Listeners => {
  const listeners = createListeners({
    addresses,
    limits: limits(),
    rate: rate(),
    request: (_request, response) => response.end('here'),
    upgrade: (_request, socket) => socket.destroy(),
  });
  open.push(listeners);
  return listeners;
};

const on = (port: number, host = '127.0.0.1', variable = 'PORT'): Address => ({ host, port, variable });

const portOf = (url = '') => Number(new URL(url).port);

afterEach(() => Promise.all(open.splice(0).map((listeners) => listeners.close(0))));

describe('listening', () => {
  it('answers on each address', async () => {
    const urls = await listenersOn(on(0), on(0, '127.0.0.1', 'WEB_PORT')).listen();
    for (const url of urls) expect(await (await fetch(url)).text()).toBe('here');
  });

  it('rejects with the port that is in use, and listens on none', async () => {
    const [taken] = await listenersOn(on(0)).listen();
    const port = portOf(taken);
    const both = listenersOn(on(0), on(port, '127.0.0.1', 'WEB_PORT'));
    await expect(both.listen()).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or choose another port with WEB_PORT=${port + 1}.`,
    );
  });

  it('rejects a host that is not an address of this machine', async () => {
    await expect(listenersOn(on(0, '192.0.2.1')).listen()).rejects.toThrow(
      '192.0.2.1 is not an address of this machine. Set HOST',
    );
  });

  it('returns a URL that a browser can open when it listens on all addresses', async () => {
    const [url] = await listenersOn(on(0, '0.0.0.0')).listen();
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
  });
});

describe('closing', () => {
  it('destroys open connections after the grace period', async () => {
    const listeners = createListeners({
      addresses: [on(0)],
      limits: limits(),
      rate: rate(),
      request: (_request, response) => response.write('never ends'),
      upgrade: (_request, socket) => socket.destroy(),
    });
    const [url = ''] = await listeners.listen();
    const response = await fetch(url);
    const cut = expect(response.text()).rejects.toThrow();
    await listeners.close(10);
    await cut;
    await listeners.close(10);
  });
});
