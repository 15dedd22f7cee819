import { setTimeout as sleep } from 'node:timers/promises';
import { openedStream, type Source, stoppable } from './stream.ts';

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

describe('an opened stream', () => {
  const sourceOf = (items: readonly number[], closed: () => void): Source<number> => {
    const left = [...items];
    return {
      async next() {
        const value = left.shift();
        return value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      async close() {
        closed();
      },
    };
  };

  it('opens on the first next, and closes once at its end', async () => {
    let opened = 0;
    let closed = 0;
    const iterable = openedStream([], async () => {
      opened += 1;
      return sourceOf([1, 2], () => {
        closed += 1;
      });
    });
    const stream = iterable[Symbol.asyncIterator]();
    expect(opened).toBe(0);
    expect(await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    await stream.return?.();
    expect([opened, closed]).toEqual([1, 1]);
  });

  it('aborts its opening when the reader returns, and a pending next then ends', async () => {
    const stream = openedStream<number>(
      [],
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    )[Symbol.asyncIterator]();
    const pending = stream.next();
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('closes its source when the reader returns, and when it fails', async () => {
    const closed: string[] = [];
    const left = openedStream([], async () => sourceOf([1, 2], () => closed.push('left')))[
      Symbol.asyncIterator
    ]();
    await left.next();
    await left.return?.();
    expect(await left.next()).toEqual({ done: true, value: undefined });
    const failing = openedStream([], async () => ({
      ...sourceOf([], () => closed.push('failing')),
      next: () => Promise.reject(new Error('broken')),
    }))[Symbol.asyncIterator]();
    await expect(failing.next()).rejects.toThrow('broken');
    expect(await failing.next()).toEqual({ done: true, value: undefined });
    expect(closed).toEqual(['left', 'failing']);
  });

  it('rejects with the reason of a signal that aborts while it opens', async () => {
    const stop = new AbortController();
    const stream = openedStream<number>([stop.signal], async (signal) => {
      await sleep(10_000, undefined, { signal }).catch(() => signal.throwIfAborted());
      return sourceOf([], () => {});
    })[Symbol.asyncIterator]();
    const pending = stream.next();
    stop.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });
});
