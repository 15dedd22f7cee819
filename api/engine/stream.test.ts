import { stoppable } from './stream.ts';

describe('a stoppable stream', () => {
  const never = new AbortController().signal;

  /** A stream that counts to three. `seen` records whether it was aborted, and whether it ended. */
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

  it('aborts its producer when its reader leaves in the middle', async () => {
    const { seen, items } = counting();
    await items.next();
    await items.return?.();
    expect(seen).toEqual({ isAborted: true, hasEnded: false });
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  it('is not aborted after it has ended', async () => {
    const { seen, items } = counting();
    while (!(await items.next()).done);
    await items.return?.();
    expect(seen).toEqual({ isAborted: false, hasEnded: true });
  });

  it('ends normally if its reader leaves after the last item', async () => {
    const { seen, items } = counting((item) => item === 3);
    for (let item = 0; item < 3; item += 1) await items.next();
    await items.return?.();
    expect(seen).toEqual({ isAborted: false, hasEnded: true });
  });

  it('is aborted if it does not end after its last item', async () => {
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

  it('stops at once when its reader leaves during a pending read', async () => {
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
