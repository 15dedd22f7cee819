import { z } from 'zod';
import { collect } from './bus.contract.ts';
import { createMemoryBus } from './bus.memory.ts';
import type { Bus } from './bus.ts';
import { subscribeWithRetry } from './subscribeWithRetry.ts';
import { defineTopic } from './topic.ts';

const topic = defineTopic('test.told', z.object({ text: z.string() }));

describe('one who keeps listening', () => {
  it('listens once the bus is there, and says that something was missed', async () => {
    const bus = createMemoryBus();
    let tries = 0;
    const late: Bus = {
      ...bus,
      async subscribe(...wanted) {
        tries += 1;
        if (tries < 3) throw new Error('the broker is away');
        return bus.subscribe(...wanted);
      },
    };
    const alive = setTimeout(() => {}, 10_000);
    const reader = collect();
    const stop = subscribeWithRetry(late, topic, 'key', reader.listener);
    await reader.until('(missed)');
    await bus.publish(topic, 'key', { text: 'one' });
    expect(reader.texts).toEqual(['(missed)', 'one']);
    await stop();
    await stop();
    clearTimeout(alive);
    expect(bus.listenerCount()).toBe(0);
  }, 15_000);

  it('does not begin to listen after it was stopped', async () => {
    const bus = createMemoryBus();
    const reader = collect();
    const stop = subscribeWithRetry(bus, topic, 'key', reader.listener);
    await stop();
    expect(bus.listenerCount()).toBe(0);
    expect(reader.texts).toEqual([]);
  });
});
