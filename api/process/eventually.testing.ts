import { setTimeout as sleep } from 'node:timers/promises';

/** The interval between two reads, and a safety limit for all of them, in ms. */
const intervalMs = 20;
const limitMs = 25_000;

/**
 * Reads until what it read `isSo`, for a state that tells nobody when it changes. Resolves to what it read last.
 *
 * @throws Error after 25 s, with what it read last
 */
export const eventually = async <Value>(
  read: () => Value | Promise<Value>,
  isSo: (value: Value) => boolean,
): Promise<Value> => {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`still ${JSON.stringify(value)} after ${limitMs} ms`);
    await sleep(intervalMs);
  }
};
