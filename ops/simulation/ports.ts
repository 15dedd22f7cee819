import type { ResponseCache } from '../../api/generations/cache/cache.ts';
import type { Journal } from '../../api/generations/journal/journal.ts';
import type { Bus } from '../../api/realtime/bus.ts';
import type { Link, Network, Server } from './network.ts';
import { currentContext } from './scheduler.ts';
import { inServer } from './virtualTime.ts';

/** Called once after each effect at a server, in the same step. */
export type Observe = (port: string, method: string, args: readonly unknown[]) => void;

type Methods = { readonly [name: string]: unknown };

/** Wraps a port so that every call goes through the network. */
export const remote = <Port extends object>(
  network: Network,
  link: Link,
  server: Server,
  name: string,
  port: Port,
  observe: Observe,
): Port => {
  const methods = port as Methods;
  const proxies = Object.entries(methods).map(([method, value]) => [
    method,
    typeof value !== 'function'
      ? value
      : (...args: unknown[]) =>
          network.call(link, server, `${name}.${method}`, () => {
            const result = inServer(() => value.apply(port, args) as Promise<unknown>);
            const observed = () => observe(name, method, args);
            // The store's deletions wait for their turn. All other effects are complete here.
            if (method.startsWith('delete')) result.then(observed, observed);
            else observed();
            return result;
          }),
  ]);
  return Object.fromEntries(proxies) as Port;
};

/** Ends a subscription with its process, as a broker does when a connection closes. */
const closedWith = async (link: Link, stop: () => Promise<void>): Promise<() => Promise<void>> => {
  link.closed.add(stop);
  if (link.process.state === 'killed') await stop();
  return stop;
};

export const remoteJournal = (network: Network, link: Link, journal: Journal, observe: Observe): Journal => ({
  ...remote(network, link, 'journal', 'journal', journal, observe),
  async listen(id, listener) {
    const context = currentContext() ?? { process: link.process };
    const arrive = network.channel(link, 'journal', `journal event of ${id}`, context);
    let isListening = true;
    const deliver = (event: () => void) => arrive(() => isListening && event());
    const reconnected = (server: Server) => server === 'journal' && deliver(() => listener.changed());
    const stop = await network.call(link, 'journal', `listen ${id}`, async () => {
      link.reconnected.add(reconnected);
      const unlisten = await journal.listen(id, {
        delta: (delta) => deliver(() => listener.delta(delta)),
        changed: () => deliver(() => listener.changed()),
        ended: ((...args: Parameters<typeof listener.ended>) =>
          deliver(() => listener.ended(...args))) as typeof listener.ended,
      });
      return closedWith(link, unlisten);
    });
    return async () => {
      isListening = false;
      link.reconnected.delete(reconnected);
      link.closed.delete(stop);
      await stop();
    };
  },
  listenerCount: () => journal.listenerCount(),
  close: async () => {},
});

export const remoteBus = (network: Network, link: Link, bus: Bus): Bus => ({
  publish: (topic, key, payload) =>
    network.call(link, 'journal', `publish ${topic.name}`, () => bus.publish(topic, key, payload)),
  async subscribe(topic, key, listener) {
    const context = { process: link.process };
    const arrive = network.channel(link, 'journal', `event ${topic.name}`, context);
    const reconnected = (server: Server) => server === 'journal' && arrive(() => listener.missed());
    const stop = await network.call(link, 'journal', `subscribe ${topic.name}`, async () => {
      link.reconnected.add(reconnected);
      const unsubscribe = await bus.subscribe(topic, key, {
        message: (payload) => arrive(() => listener.message(payload)),
        missed: () => arrive(() => listener.missed()),
      });
      return closedWith(link, unsubscribe);
    });
    return async () => {
      link.reconnected.delete(reconnected);
      link.closed.delete(stop);
      await stop();
    };
  },
  listenerCount: (topic) => bus.listenerCount(topic),
  close: async () => {},
});

export const remoteCache = (
  network: Network,
  link: Link,
  cache: ResponseCache,
  observe: Observe,
): ResponseCache => remote(network, link, 'journal', 'cache', cache, observe);
