import { performance } from 'node:perf_hooks';
import { ask, begin, drain, never, type OpenEngine, read, testTimeoutMs } from './engine.testing.ts';

/** Who is answered when, and how an answer is ended. Registered within `describeEngine`. */
export function describeConcurrency(opened: () => OpenEngine, open: () => Promise<OpenEngine>): void {
  it(
    'runs as many side by side as it has slots',
    async () => {
      const { engine, model } = opened();
      const order: number[] = [];
      const all = Array.from({ length: engine.slots }, async (_, index) => {
        const request = {
          model,
          messages: ask(`Write a story about ${index} bears.`),
          options: { maxTokens: 10 },
        };
        for await (const { type } of engine.generate(request, never)) if (type === 'text') order.push(index);
      });
      await Promise.all(all);
      const firsts = all.map((_, index) => order.indexOf(index));
      const lasts = all.map((_, index) => order.lastIndexOf(index));
      expect(Math.max(...firsts)).toBeLessThan(Math.min(...lasts));
    },
    testTimeoutMs,
  );

  it(
    'leaves the event loop free while it answers',
    async () => {
      const { engine, model } = opened();
      const before = performance.eventLoopUtilization();
      await read(engine, { model, messages: ask('Write a long story.'), options: { maxTokens: 30 } });
      expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    },
    testTimeoutMs,
  );

  it(
    'stops within 200 ms of an abort, everywhere at once, and is free for others',
    async () => {
      const { engine, model } = opened();
      const stop = new AbortController();
      const streams = await Promise.all(
        Array.from({ length: engine.slots }, () => begin(engine, model, stop.signal)),
      );
      const pending = streams.map((stream) => drain(stream));
      const reason = new Error('the reader has had enough');
      const started = performance.now();
      stop.abort(reason);
      for (const each of await Promise.allSettled(pending)) {
        expect(each).toEqual({ status: 'rejected', reason });
      }
      expect(performance.now() - started).toBeLessThan(200);
      await read(engine, { model, messages: ask('Hi.'), options: { maxTokens: 1 } });
    },
    testTimeoutMs,
  );

  it(
    'stops when the reader returns, also while it waits for the next chunk',
    async () => {
      const { engine, model } = opened();
      const stream = await begin(engine, model);
      const pending = drain(stream);
      const started = performance.now();
      await stream.return?.();
      await pending;
      expect(performance.now() - started).toBeLessThan(1_000);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    },
    testTimeoutMs,
  );

  it(
    'lets one wait for a slot, and leave the line',
    async () => {
      const { engine, model } = opened();
      const stop = new AbortController();
      const running = await Promise.all(Array.from({ length: engine.slots }, () => begin(engine, model)));
      const waiting = read(engine, { model, messages: ask('Hi.'), options: { maxTokens: 1 } }, stop.signal);
      const patient = read(engine, { model, messages: ask('Ho.'), options: { maxTokens: 1 } });
      const reason = new Error('waited too long');
      stop.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await Promise.all(running.map((stream) => stream.return?.()));
      expect((await patient).usage.completionTokens).toBe(1);
    },
    testTimeoutMs,
  );

  it('does nothing for a signal that has aborted before', async () => {
    const { engine, model } = opened();
    const reason = new Error('too late');
    const request = { model, messages: ask('Hi.') };
    await expect(read(engine, request, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it(
    'ends what runs when it closes, once and for all',
    async () => {
      const { model } = opened();
      const closing = (await open()).engine;
      const stream = await begin(closing, model);
      const pending = drain(stream);
      const closed = closing.close();
      await expect(pending).rejects.toHaveProperty('code', 'ENGINE_UNAVAILABLE');
      await closed;
      await closing.close();
      await expect(closing.models()).rejects.toHaveProperty('code', 'ENGINE_UNAVAILABLE');
      const late = read(closing, { model, messages: ask('Hi.') });
      await expect(late).rejects.toHaveProperty('code', 'ENGINE_UNAVAILABLE');
      expect(await closing.health()).toHaveProperty('state', 'unavailable');
    },
    testTimeoutMs,
  );
}
