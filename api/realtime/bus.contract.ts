import { z } from 'zod';
import { createIds } from '../process/ids.ts';
import type { Bus, BusListener } from './bus.ts';
import { defineTopic } from './topic.ts';

const topic = defineTopic('test.topic', z.object({ text: z.string() }));
const otherTopic = defineTopic('test.other', z.object({ text: z.string() }));

/** Creates a listener that collects texts, and lets a test wait for one. */
export const collect = () => {
  const texts: string[] = [];
  let wake: () => void = () => {};
  const listener: BusListener<{ text: string }> = {
    message: ({ text }) => {
      texts.push(text);
      wake();
    },
    missed: () => {
      texts.push('(missed)');
      wake();
    },
  };
  const until = async (text: string) => {
    while (!texts.includes(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { listener, texts, until };
};

/**
 * Tests the promises of `Bus`. `open` opens the bus of another replica at each call, or returns the same bus where there is
 * one process.
 */
export const describeBus = (name: string, open: () => Promise<Bus>): void => {
  describe(`the bus ${name}`, () => {
    const ids = createIds();
    let here: Bus;
    let there: Bus;
    let key: string;

    beforeAll(async () => {
      here = await open();
      there = await open();
    });
    beforeEach(() => {
      key = ids.next();
    });
    afterAll(async () => {
      await here.close();
      await there.close();
    });

    it('delivers messages published after the subscription is confirmed, in order', async () => {
      const reader = collect();
      const stop = await here.subscribe(topic, key, reader.listener);
      const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
      await Promise.all(texts.map((text) => there.publish(topic, key, { text })));
      await reader.until('message 99');
      expect(reader.texts).toEqual(texts);
      await stop();
    });

    it('keeps topics and keys apart', async () => {
      const reader = collect();
      const stop = await here.subscribe(topic, key, reader.listener);
      await there.publish(otherTopic, key, { text: 'of another topic' });
      await there.publish(topic, ids.next(), { text: 'of another key' });
      await there.publish(topic, key, { text: 'mine' });
      await reader.until('mine');
      expect(reader.texts).toEqual(['mine']);
      await stop();
    });

    it('keeps delivering to the others when one unsubscribes, even twice', async () => {
      const leaving = collect();
      const staying = collect();
      const stopFirst = await here.subscribe(topic, key, leaving.listener);
      const stopSecond = await here.subscribe(topic, key, staying.listener);
      await stopFirst();
      await stopFirst();
      await there.publish(topic, key, { text: 'one' });
      await staying.until('one');
      expect(leaving.texts).toEqual([]);
      await stopSecond();
    });

    it('subscribes again after all listeners have unsubscribed', async () => {
      const stop = await here.subscribe(topic, key, collect().listener);
      const leaving = stop();
      const reader = collect();
      const stopAgain = await here.subscribe(topic, key, reader.listener);
      await leaving;
      await there.publish(topic, key, { text: 'again' });
      await reader.until('again');
      await stopAgain();
    });

    it('delivers to every listener of a replica, once for each of its subscriptions', async () => {
      const reader = collect();
      const stops = await Promise.all([1, 2, 3].map(() => here.subscribe(topic, key, reader.listener)));
      await there.publish(topic, key, { text: 'to all' });
      await there.publish(topic, key, { text: 'end' });
      await reader.until('end');
      expect(reader.texts.filter((text) => text === 'to all')).toHaveLength(3);
      await Promise.all(stops.map((stop) => stop()));
    });

    it('lets a listener unsubscribe all others while a message is delivered', async () => {
      const stops: (() => Promise<void>)[] = [];
      const received: string[] = [];
      const delivered = Promise.withResolvers<void>();
      for (const name of ['first', 'second', 'third']) {
        const listener: BusListener<{ text: string }> = {
          message() {
            received.push(name);
            delivered.resolve();
            for (const stop of stops) void stop();
          },
          missed() {},
        };
        stops.push(await here.subscribe(topic, key, listener));
      }
      await there.publish(topic, key, { text: 'one' });
      await delivered.promise;
      const reader = collect();
      const stop = await here.subscribe(topic, key, reader.listener);
      await there.publish(topic, key, { text: 'two' });
      await reader.until('two');
      expect(received).toHaveLength(1);
      await stop();
    });

    it('delivers payloads with any characters', async () => {
      const reader = collect();
      const stop = await here.subscribe(topic, key, reader.listener);
      const text = 'a👩‍🚀ß漢"\\\n\u0000\ud83d end';
      await there.publish(topic, key, { text });
      await reader.until(text);
      await stop();
    });

    it('counts the listeners, and none once all have unsubscribed', async () => {
      const before = here.listenerCount();
      const stops = [
        await here.subscribe(topic, key, collect().listener),
        await here.subscribe(topic, key, collect().listener),
      ];
      expect(here.listenerCount()).toBe(before + 2);
      for (const stop of stops) await stop();
      expect(here.listenerCount()).toBe(before);
    });
  });
};
