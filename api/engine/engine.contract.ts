import { performance } from 'node:perf_hooks';
import type { Engine, EngineChunk, EngineMessage, EngineRequest, EngineUsage } from './engine.ts';

export interface OpenEngine {
  readonly engine: Engine;
  /** A model that it has. */
  readonly model: string;
}

interface Answer {
  readonly pieces: readonly string[];
  readonly text: string;
  readonly finish: string;
  readonly usage: EngineUsage;
}

const patience = 60_000;
const never = new AbortController().signal;
const greedy = { temperature: 0, seed: 1 };

export const ask = (content: string): EngineMessage[] => [{ role: 'user', content }];

/** Reads an answer to its end. Throws what the stream throws, and where it has not exactly one `done`, at its end. */
export async function read(engine: Engine, request: EngineRequest, signal = never): Promise<Answer> {
  const chunks: EngineChunk[] = [];
  for await (const chunk of engine.generate(request, signal)) chunks.push(chunk);
  const last = chunks.at(-1);
  if (last?.type !== 'done') throw new Error('The stream ended without done.');
  const pieces = chunks.filter((chunk) => chunk.type === 'text').map(({ text }) => text);
  expect(chunks.filter(({ type }) => type === 'done')).toHaveLength(1);
  return { pieces, text: pieces.join(''), finish: last.finish, usage: last.usage };
}

/** Starts an answer that would take long, and waits for its first chunk. */
export async function begin(
  engine: Engine,
  model: string,
  signal: AbortSignal = never,
): Promise<AsyncIterator<EngineChunk>> {
  const request = {
    model,
    messages: ask('Write a very long story about the sea.'),
    options: { maxTokens: 1_500 },
  };
  const stream = engine.generate(request, signal)[Symbol.asyncIterator]();
  await stream.next();
  return stream;
}

/** What each engine promises by its port. `open` gives one with two slots at least; the suite closes it. */
export function describeEngine(name: string, open: () => Promise<OpenEngine>): void {
  describe(name, () => {
    let engine: Engine;
    let model: string;

    beforeAll(async () => {
      ({ engine, model } = await open());
      await read(engine, { model, messages: ask('Hi.'), options: { maxTokens: 1 } });
    }, patience);

    afterAll(() => engine.close());

    it(
      'streams an answer in pieces and ends with done and what it took',
      async () => {
        const options = { ...greedy, maxTokens: 12 };
        const { pieces, usage } = await read(engine, { model, messages: ask('Count to ten.'), options });
        expect(pieces.length).toBeGreaterThan(3);
        expect(pieces).not.toContain('');
        expect(usage.promptTokens).toBeGreaterThan(5);
        expect(usage.completionTokens).toBeGreaterThanOrEqual(pieces.length - 1);
        expect(usage.totalMs).toBeGreaterThanOrEqual(usage.completionMs);
        expect(usage.completionMs).toBeGreaterThan(0);
      },
      patience,
    );

    it(
      'gives the same greedy answer each time',
      async () => {
        const request = {
          model,
          messages: ask('Name three colours.'),
          options: { temperature: 0, maxTokens: 12 },
        };
        const first = await read(engine, request);
        expect((await read(engine, request)).text).toBe(first.text);
      },
      patience,
    );

    it(
      'gives the same answer for the same seed, and another for another',
      async () => {
        const messages = ask('Tell me about a dream.');
        const dream = async (seed: number) =>
          (await read(engine, { model, messages, options: { temperature: 1.2, seed, maxTokens: 16 } })).text;
        const first = await dream(7);
        expect(await dream(7)).toBe(first);
        expect(await dream(8)).not.toBe(first);
      },
      patience,
    );

    it(
      'ends before a stop string, and shows no part of it',
      async () => {
        const messages = ask('Tell me about cats.');
        const { text } = await read(engine, { model, messages, options: { ...greedy, maxTokens: 16 } });
        const stop = text.slice(14, 26);
        const options = { ...greedy, maxTokens: 16, stop: ['never said', stop] };
        const stopped = await read(engine, { model, messages, options });
        expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
        expect(stopped.finish).toBe('stop');
      },
      patience,
    );

    it(
      'ends after maxTokens, with length',
      async () => {
        const request = { model, messages: ask('Write a long story.'), options: { ...greedy, maxTokens: 5 } };
        const { finish, usage } = await read(engine, request);
        expect(finish).toBe('length');
        expect(usage.completionTokens).toBe(5);
      },
      patience,
    );

    it(
      'answers by a JSON Schema, with characters whole',
      async () => {
        const face = '😀 naïve 👩‍🚀 日本';
        const format = {
          type: 'object',
          properties: {
            face: { enum: [face] },
            age: { type: 'integer' },
            pets: { type: 'array', items: { enum: ['cat', 'dog'] }, minItems: 1, maxItems: 2 },
          },
          required: ['face', 'age', 'pets'],
          additionalProperties: false,
        };
        const request = {
          model,
          messages: ask('Describe Ann, who is 31.'),
          options: { ...greedy, maxTokens: 120 },
        };
        const { text, pieces } = await read(engine, { ...request, format });
        const person = JSON.parse(text);
        expect(Object.keys(person).sort()).toEqual(['age', 'face', 'pets']);
        expect(person.face).toBe(face);
        expect(Number.isInteger(person.age)).toBe(true);
        expect(['cat', 'dog']).toContain(person.pets[0]);
        expect(pieces.filter((piece) => !piece.isWellFormed() || piece.includes('\ufffd'))).toEqual([]);
      },
      patience,
    );

    it(
      'runs as many side by side as it has slots',
      async () => {
        const order: number[] = [];
        const all = Array.from({ length: engine.slots }, async (_, index) => {
          const request = {
            model,
            messages: ask(`Write a story about ${index} bears.`),
            options: { maxTokens: 10 },
          };
          for await (const { type } of engine.generate(request, never))
            if (type === 'text') order.push(index);
        });
        await Promise.all(all);
        const firsts = all.map((_, index) => order.indexOf(index));
        const lasts = all.map((_, index) => order.lastIndexOf(index));
        expect(Math.max(...firsts)).toBeLessThan(Math.min(...lasts));
      },
      patience,
    );

    it(
      'leaves the event loop free while it answers',
      async () => {
        const before = performance.eventLoopUtilization();
        await read(engine, { model, messages: ask('Write a long story.'), options: { maxTokens: 30 } });
        expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
      },
      patience,
    );

    it(
      'stops within 200 ms of an abort, everywhere at once, and is free for others',
      async () => {
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
      patience,
    );

    it(
      'stops when the reader returns, also while it waits for the next chunk',
      async () => {
        const stream = await begin(engine, model);
        const pending = drain(stream);
        const started = performance.now();
        await stream.return?.();
        await pending;
        expect(performance.now() - started).toBeLessThan(1_000);
        expect(await stream.next()).toEqual({ done: true, value: undefined });
      },
      patience,
    );

    it(
      'lets one wait for a slot, and leave the line',
      async () => {
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
      patience,
    );

    it('does nothing for a signal that has aborted before', async () => {
      const reason = new Error('too late');
      const request = { model, messages: ask('Hi.') };
      await expect(read(engine, request, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it('lists the model, by name, with its context', async () => {
      const models = await engine.models();
      const found = models.find((each) => each.name === model);
      expect(found?.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(found?.contextLength).toBeGreaterThanOrEqual(1_024);
      expect(found?.capabilities).toContain('completion');
      expect(found?.loaded).toBe(true);
    });

    it('says which models there are, when asked for one that is not', async () => {
      const refused = read(engine, { model: 'no-such-model', messages: ask('Hi.') });
      await expect(refused).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
        details: { asked: 'no-such-model', models: expect.arrayContaining([model]) },
      });
    });

    it('measures a prompt', async () => {
      const short = await engine.measure(model, ask('Hi.'));
      const long = await engine.measure(model, ask('Hi there, you. '.repeat(100)));
      expect(long.tokens).toBeGreaterThan(short.tokens + 200);
      expect(short.limit).toBeGreaterThanOrEqual(1_024);
    });

    it(
      'refuses a prompt past the context, with the numbers',
      async () => {
        const { limit } = await engine.measure(model, ask('Hi.'));
        const messages = ask('many words '.repeat(limit ?? 0));
        const refused = read(engine, { model, messages });
        await expect(refused).rejects.toMatchObject({ code: 'PROMPT_TOO_LARGE', details: { limit } });
        await expect(refused).rejects.toHaveProperty('details.tokens', expect.any(Number));
      },
      patience,
    );

    it('refuses to answer nothing', async () => {
      await expect(read(engine, { model, messages: [] })).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
    });

    it(
      'goes on from a text begun before, where the model can, and else says that it can not',
      async () => {
        const begun = { role: 'assistant', content: 'The three primary colours are red,' } as const;
        const messages = [...ask('Name the primary colours.'), begun];
        const found = (await engine.models()).find((each) => each.name === model);
        const going = read(engine, { model, messages, options: { ...greedy, maxTokens: 8 } });
        if (!found?.canContinue) return expect(going).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
        const { text } = await going;
        expect(text).toMatch(/^ ?(blue|yellow|green)/);
      },
      patience,
    );

    it('is ready, and says what it is', async () => {
      const health = await engine.health();
      expect(health).toMatchObject({ state: 'ready', steps: [], progress: null });
      expect(health.message).not.toBe('');
    });

    it(
      'ends what runs when it closes, once and for all',
      async () => {
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
      patience,
    );
  });
}

async function drain(stream: AsyncIterator<EngineChunk>): Promise<void> {
  while (!(await stream.next()).done);
}
