import { z } from 'zod';
import { createIds } from '../process/ids.ts';
import type { Bus, BusListener } from './bus.ts';
import { defineTopic } from './topic.ts';

const told = defineTopic('test.told', z.object({ text: z.string() }));
const other = defineTopic('test.other', z.object({ text: z.string() }));

/** Collects what a bus brings, and lets a test wait for it. */
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
 * What every bus promises, whatever carries it. `open` opens one replica's bus, with a bus of its own for each call
 * where there is something to share between replicas, and the same bus again where there is not.
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

    it('brings what is published after a listener was told that it listens, in order', async () => {
      const reader = collect();
      const stop = await here.subscribe(told, key, reader.listener);
      const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
      await Promise.all(texts.map((text) => there.publish(told, key, { text })));
      await reader.until('message 99');
      expect(reader.texts).toEqual(texts);
      await stop();
    });

    it('keeps topics and keys apart', async () => {
      const reader = collect();
      const stop = await here.subscribe(told, key, reader.listener);
      await there.publish(other, key, { text: 'of another topic' });
      await there.publish(told, ids.next(), { text: 'of another key' });
      await there.publish(told, key, { text: 'mine' });
      await reader.until('mine');
      expect(reader.texts).toEqual(['mine']);
      await stop();
    });

    it('goes on telling the others when one stops, however often it says so', async () => {
      const leaves = collect();
      const stays = collect();
      const stopFirst = await here.subscribe(told, key, leaves.listener);
      const stopSecond = await here.subscribe(told, key, stays.listener);
      await stopFirst();
      await stopFirst();
      await there.publish(told, key, { text: 'one' });
      await stays.until('one');
      expect(leaves.texts).toEqual([]);
      await stopSecond();
    });

    it('listens again after everybody left', async () => {
      const stop = await here.subscribe(told, key, collect().listener);
      const leaving = stop();
      const reader = collect();
      const stopAgain = await here.subscribe(told, key, reader.listener);
      await leaving;
      await there.publish(told, key, { text: 'again' });
      await reader.until('again');
      await stopAgain();
    });

    it('tells every listener of one replica, the same one twice where it asked twice', async () => {
      const reader = collect();
      const stops = await Promise.all([1, 2, 3].map(() => here.subscribe(told, key, reader.listener)));
      await there.publish(told, key, { text: 'to all' });
      await there.publish(told, key, { text: 'end' });
      await reader.until('end');
      expect(reader.texts.filter((text) => text === 'to all')).toHaveLength(3);
      await Promise.all(stops.map((stop) => stop()));
    });

    it('lets a listener stop all others while a message is delivered', async () => {
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
        stops.push(await here.subscribe(told, key, listener));
      }
      await there.publish(told, key, { text: 'one' });
      await delivered.promise;
      const reader = collect();
      const stop = await here.subscribe(told, key, reader.listener);
      await there.publish(told, key, { text: 'two' });
      await reader.until('two');
      expect(received).toHaveLength(1);
      await stop();
    });

    it('brings a payload whatever characters it has', async () => {
      const reader = collect();
      const stop = await here.subscribe(told, key, reader.listener);
      const text = 'a👩‍🚀ß漢"\\\n\u0000\ud83d end';
      await there.publish(told, key, { text });
      await reader.until(text);
      await stop();
    });

    it('counts who listens, and nobody once all have stopped', async () => {
      const before = here.listenerCount();
      const stops = [
        await here.subscribe(told, key, collect().listener),
        await here.subscribe(told, key, collect().listener),
      ];
      expect(here.listenerCount()).toBe(before + 2);
      for (const stop of stops) await stop();
      expect(here.listenerCount()).toBe(before);
    });
  });
};
