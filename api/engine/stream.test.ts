import { stoppable } from './stream.ts';

describe('a stoppable stream', () => {
  const never = new AbortController().signal;

  /** Counts to three, and tells whether it was aborted, and how it ended. */
  const counting = (isLast?: (item: number) => boolean) => {
    const seen = { isAborted: false, hasEnded: false };
    const stream = stoppable(
      [never],
      async function* (signal) {
        signal.addEventListener('abort', () => {
          seen.isAborted = true;
        });
        yield* [1, 2, 3];
        seen.hasEnded = true;
      },
      isLast,
    );
    return { seen, items: stream[Symbol.asyncIterator]() };
  };

  it('aborts what produces it when its reader leaves in the middle', async () => {
    const { seen, items } = counting();
    await items.next();
    await items.return?.();
    expect(seen).toEqual({ isAborted: true, hasEnded: false });
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  it('aborts nothing once it has ended by itself', async () => {
    const { seen, items } = counting();
    while (!(await items.next()).done);
    await items.return?.();
    expect(seen).toEqual({ isAborted: false, hasEnded: true });
  });

  it('ends by itself where its reader leaves after the last item', async () => {
    const { seen, items } = counting((item) => item === 3);
    for (let item = 0; item < 3; item += 1) await items.next();
    await items.return?.();
    expect(seen).toEqual({ isAborted: false, hasEnded: true });
  });

  it('is aborted where it does not end after its last item', async () => {
    const aborted = Promise.withResolvers<void>();
    const stream = stoppable(
      [never],
      async function* (signal) {
        yield 'last';
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        aborted.resolve();
      },
      () => true,
    );
    const items = stream[Symbol.asyncIterator]();
    await items.next();
    await items.return?.();
    await aborted.promise;
  });

  it('stops at once while its reader waits for the next item', async () => {
    const stream = stoppable([never], async function* (signal) {
      yield 1;
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const items = stream[Symbol.asyncIterator]();
    await items.next();
    const pending = items.next();
    await items.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
  });
});
