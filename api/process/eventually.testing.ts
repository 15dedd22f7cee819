import { setTimeout as sleep } from 'node:timers/promises';

export interface Waiting {
  /** The timeout in ms: 25 s unless given. */
  readonly limitMs?: number;
  /** The interval between two reads, in ms: 20 ms unless given. */
  readonly intervalMs?: number;
}

/**
 * Reads a value repeatedly until `isDone` accepts it, for a state that can't be awaited. Resolves to that value.
 *
 * @throws Error after the limit, with the last value
 */
export const eventually = async <Value>(
  read: () => Value | Promise<Value>,
  isDone: (value: Value) => boolean,
  { limitMs = 25_000, intervalMs = 20 }: Waiting = {},
): Promise<Value> => {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isDone(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`still ${JSON.stringify(value)} after ${limitMs} ms`);
    await sleep(intervalMs);
  }
};
