import { z } from 'zod';
import { collect } from './bus.contract.ts';
import { createMemoryBus } from './bus.memory.ts';
import type { Bus } from './bus.ts';
import { subscribeWithRetry } from './subscribeWithRetry.ts';
import { defineTopic } from './topic.ts';

const topic = defineTopic('test.topic', z.object({ text: z.string() }));

describe('subscribing with retries', () => {
  it('subscribes once the bus is available, and reports that messages may be missing', async () => {
    const bus = createMemoryBus();
    let attempts = 0;
    const unavailableAtFirst: Bus = {
      ...bus,
      async subscribe(...wanted) {
        attempts += 1;
        if (attempts < 3) throw new Error('the broker is unavailable');
        return bus.subscribe(...wanted);
      },
    };
    const alive = setTimeout(() => {}, 10_000);
    const reader = collect();
    const stop = subscribeWithRetry(unavailableAtFirst, topic, 'key', reader.listener);
    await reader.until('(missed)');
    await bus.publish(topic, 'key', { text: 'one' });
    expect(reader.texts).toEqual(['(missed)', 'one']);
    await stop();
    await stop();
    clearTimeout(alive);
    expect(bus.listenerCount()).toBe(0);
  }, 15_000);

  it('does not subscribe after it was stopped', async () => {
    const bus = createMemoryBus();
    const reader = collect();
    const stop = subscribeWithRetry(bus, topic, 'key', reader.listener);
    await stop();
    expect(bus.listenerCount()).toBe(0);
    expect(reader.texts).toEqual([]);
  });
});
