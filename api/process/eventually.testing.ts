import { setTimeout as sleep } from 'node:timers/promises';

/** The interval between two reads, and the timeout, in ms. */
const intervalMs = 20;
const limitMs = 25_000;

/**
 * Reads a value repeatedly until `isDone` accepts it, for a state that can't be awaited. Resolves to that value.
 *
 * @throws Error after 25 s, with the last value
 */
export const eventually = async <Value>(
  read: () => Value | Promise<Value>,
  isDone: (value: Value) => boolean,
): Promise<Value> => {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isDone(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`still ${JSON.stringify(value)} after ${limitMs} ms`);
    await sleep(intervalMs);
  }
};
