import { performance } from 'node:perf_hooks';
import { ask, begin, drain, never, type OpenEngine, read, testTimeoutMs } from './engine.testing.ts';

/** The part of the contract suite about slots, aborts and closing. Part of `describeEngine`. */
export function describeConcurrency(opened: () => OpenEngine, open: () => Promise<OpenEngine>): void {
  it(
    'runs as many requests at once as it has slots',
    async () => {
      const { engine, model } = opened();
      const order: number[] = [];
      const all = Array.from({ length: engine.slots }, async (_, index) => {
        const request = {
          model,
          messages: ask(`Write a story about ${index} bears.`),
          // Long enough to outlast the evaluation of another request's prompt.
          options: { maxTokens: 60 },
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
    'does not block the event loop while it answers',
    async () => {
      const { engine, model } = opened();
      const before = performance.eventLoopUtilization();
      await read(engine, { model, messages: ask('Write a long story.'), options: { maxTokens: 30 } });
      expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    },
    testTimeoutMs,
  );

  it(
    'stops all aborted requests within 200 ms, and frees their slots',
    async () => {
      const { engine, model } = opened();
      const stop = new AbortController();
      const streams = await Promise.all(
        Array.from({ length: engine.slots }, () => begin(engine, model, stop.signal)),
      );
      const pending = streams.map((stream) => drain(stream));
      const reason = new Error('the request was aborted');
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
    'stops when the reader returns, even during a pending read',
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
    'lets requests wait for a slot, and stops waiting after an abort',
    async () => {
      const { engine, model } = opened();
      const stop = new AbortController();
      const running = await Promise.all(Array.from({ length: engine.slots }, () => begin(engine, model)));
      const waiting = read(engine, { model, messages: ask('Hi.'), options: { maxTokens: 1 } }, stop.signal);
      const next = read(engine, { model, messages: ask('Ho.'), options: { maxTokens: 1 } });
      const reason = new Error('waited too long');
      stop.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await Promise.all(running.map((stream) => stream.return?.()));
      expect((await next).usage.completionTokens).toBe(1);
    },
    testTimeoutMs,
  );

  it('rejects a request whose signal has already aborted', async () => {
    const { engine, model } = opened();
    const reason = new Error('too late');
    const request = { model, messages: ask('Hi.') };
    await expect(read(engine, request, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it(
    'ends running requests when it closes, and rejects later ones',
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
