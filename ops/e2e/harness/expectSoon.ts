import { setTimeout as sleep } from 'node:timers/promises';

/** How long a page may take to show a state, in ms. */
const limitMs = 10_000;

/**
 * Asserts a state that a page reaches on its own: playwright-core's locators wait for an element, not for its state or for
 * the number of elements. Reads it until the assertion holds, or throws the last failure after 10 s.
 */
export const expectSoon = (read: () => Promise<unknown>) => {
  const soon = async (assert: (value: unknown) => void): Promise<void> => {
    const giveUpAt = performance.now() + limitMs;
    for (;;) {
      try {
        assert(await read());
        return;
      } catch (failure) {
        if (performance.now() > giveUpAt) throw failure;
      }
      await sleep(20);
    }
  };
  return {
    toBe: (expected: unknown) => soon((value) => expect(value).toBe(expected)),
    toEqual: (expected: unknown) => soon((value) => expect(value).toEqual(expected)),
    toBeLessThan: (expected: number) => soon((value) => expect(value).toBeLessThan(expected)),
    toBeGreaterThan: (expected: number) => soon((value) => expect(value).toBeGreaterThan(expected)),
    toBeNull: () => soon((value) => expect(value).toBeNull()),
    toContain: (expected: string) => soon((value) => expect(value).toContain(expected)),
    toMatch: (expected: RegExp) => soon((value) => expect(value).toMatch(expected)),
  };
};
