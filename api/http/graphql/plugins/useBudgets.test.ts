import { EventEmitter } from 'node:events';
import type { ExecutionArgs } from 'graphql';
import { useBudgets } from './useBudgets.ts';

type Subscribe = (args: ExecutionArgs) => Promise<AsyncIterableIterator<unknown>>;

describe('the stream of a client over HTTP', () => {
  /** Subscribes with a slow budget. `whileAcquiring` runs before the budget is acquired. */
  const start = async (whileAcquiring: (response: EventEmitter & { closed: boolean }) => void) => {
    const response = Object.assign(new EventEmitter(), { closed: false });
    const held = { streams: 0, sources: 0 };
    async function* source() {
      held.sources += 1;
      try {
        for (;;) yield { data: {} };
      } finally {
        held.sources -= 1;
      }
    }
    const plugin = useBudgets({
      async acquire() {
        await new Promise(setImmediate);
        whileAcquiring(response);
        held.streams += 1;
        return () => {
          held.streams -= 1;
        };
      },
      startOperation: async () => () => {},
      holdBytes: () => () => {},
    });
    let subscribe: Subscribe = async () => source();
    const payload = {
      subscribeFn: subscribe,
      setSubscribeFn: (next: Subscribe) => {
        subscribe = next;
      },
    };
    await plugin.onSubscribe?.(payload as never);
    const contextValue = {
      viewer: null,
      address: '192.0.2.1',
      exchange: { response, releaseSlot: () => {} },
    };
    const stream = await subscribe({ contextValue } as unknown as ExecutionArgs);
    return { stream, response, held };
  };

  const close = (response: EventEmitter & { closed: boolean }) => {
    response.closed = true;
    response.emit('close');
  };

  it('is released if the client disconnects before the stream is open', async () => {
    const { held } = await start(close);
    await new Promise(setImmediate);
    expect(held).toEqual({ streams: 0, sources: 0 });
  });

  it('is released if the client disconnects later, even if nothing reads the stream', async () => {
    const { stream, response, held } = await start(() => {});
    await stream.next();
    expect(held).toEqual({ streams: 1, sources: 1 });
    close(response);
    await new Promise(setImmediate);
    expect(held).toEqual({ streams: 0, sources: 0 });
  });
});
