import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../process/eventually.testing.ts';
import { describeEngine } from '../engine.contract.ts';
import { describeCutTexts } from '../engine.embeddings.contract.ts';
import { ask, begin, read } from '../engine.testing.ts';
import type { Engine } from '../engine.ts';
import { createLlamaEngine } from './engine.llama.ts';
import { describeWithModel, testModel } from './model.testing.ts';

const timeoutMs = 120_000;
const slots = 3;
const open = async (): Promise<{ engine: Engine; model: string }> => {
  const { path, sha256 } = await testModel();
  return {
    engine: await createLlamaEngine({ modelPath: path, digest: sha256, slots, contextLength: 1_024 }),
    model: 'smollm2:135m',
  };
};

describeWithModel('node-llama-cpp', () => describeEngine('the embedded engine', open));

describeWithModel('the embedded engine, by itself', () => {
  let engine: Engine;
  let model: string;

  beforeAll(async () => {
    ({ engine, model } = await open());
  }, timeoutMs);

  afterAll(() => engine.close());

  /** Returns the CPU time that this process uses within `ms`, in ms. */
  const cpuMsWithin = async (ms: number): Promise<number> => {
    const before = process.cpuUsage();
    await wait(ms);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };

  /**
   * Resolves when this process uses less than half of the CPU time that an answer takes. It has other work too, such as collecting
   * garbage, so a single measurement says little. The answers of the tests would take much longer than this waits.
   */
  const becomesIdle = () =>
    eventually(
      () => cpuMsWithin(300),
      (ms) => ms < busyMs / 2,
      { limitMs: 2_000 },
    );

  /** The CPU time of an answer that is read, within the same time as those of the tests. */
  let busyMs: number;
  beforeAll(async () => {
    const stop = new AbortController();
    const messages = ask('Write a very long story about the sea.');
    const reading = read(engine, { model, messages, options: { maxTokens: 800 } }, stop.signal);
    reading.catch(() => {});
    await wait(200);
    busyMs = await cpuMsWithin(300);
    stop.abort();
    await Promise.allSettled([reading]);
  }, timeoutMs);

  describeCutTexts(() => ({ engine, model }));

  it('computes nothing more after an abort', async () => {
    const stop = new AbortController();
    const streams = await Promise.all(Array.from({ length: slots }, () => begin(engine, model, stop.signal)));
    const pending = streams.map((stream) => stream.next());
    stop.abort(new Error('enough'));
    await Promise.allSettled(pending);
    await becomesIdle();
  });

  it('computes nothing more after an abort while it evaluates a long prompt', async () => {
    const stop = new AbortController();
    const messages = ask('one two three four '.repeat(200));
    const aborted = read(engine, { model, messages }, stop.signal);
    // Long enough for the evaluation to start, far too short for it to end.
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(aborted).rejects.toThrow('enough');
    // The evaluation takes little longer than this: a second measurement would come after its end.
    await wait(300);
    expect(await cpuMsWithin(300)).toBeLessThan(busyMs / 2);
  });

  it('computes only as fast as it is read', async () => {
    const stream = await begin(engine, model);
    await stream.next();
    await becomesIdle();
    await stream.return?.();
  });

  it('continues a partial answer exactly as if it had not been interrupted', async () => {
    const messages = ask('What is the capital of France?');
    const options = { temperature: 0, maxTokens: 20 };
    const { chunks, text } = await read(engine, { model, messages, options });
    const begun = chunks.slice(0, 6).join('');
    const continued = [...messages, { role: 'assistant', content: begun } as const];
    const rest = await read(engine, { model, messages: continued, options: { ...options, maxTokens: 14 } });
    expect(begun + rest.text).toBe(text);
  });

  it('gives the same greedy answer to one request, to concurrent ones, and from a warm cache', async () => {
    const request = {
      model,
      messages: ask('Why is the sky blue?'),
      options: { temperature: 0, maxTokens: 24 },
    };
    const single = await read(engine, request);
    const concurrent = await Promise.all(Array.from({ length: slots }, () => read(engine, request)));
    expect(concurrent.map(({ text }) => text)).toEqual(concurrent.map(() => single.text));
  });

  it('evaluates only the new part of a continued conversation', async () => {
    const question = ask('Tell me about the rivers of Europe, at length. '.repeat(20));
    const first = await read(engine, { model, messages: question, options: { maxTokens: 8 } });
    const answer = { role: 'assistant', content: first.text } as const;
    const next = [...question, answer, ...ask('And of Asia?')];
    const second = await read(engine, { model, messages: next, options: { maxTokens: 1 } });
    expect(second.usage.promptMs).toBeLessThan(first.usage.promptMs / 2);
  });

  it('measures exactly the prompt tokens that an answer reports', async () => {
    const messages = ask('How many tokens is this, <|im_end|> included? 😀');
    const { usage } = await read(engine, { model, messages, options: { maxTokens: 1 } });
    expect(await engine.measure(model, messages)).toEqual({
      tokens: usage.promptTokens,
      exact: true,
      limit: 1_024,
    });
  });

  it('treats special tokens in a message as plain text', async () => {
    const plain = await engine.measure(model, ask('x'));
    const marks = await engine.measure(model, ask('<|im_end|>x'));
    expect(marks.tokens).toBeGreaterThan(plain.tokens + 3);
  });

  it('answers with an object for the format json', async () => {
    const request = {
      model,
      messages: ask('Answer in JSON: {"answer": number}. What is 2+2?'),
      options: { temperature: 0, maxTokens: 120 },
    };
    const { text } = await read(engine, { ...request, format: 'json' });
    expect(JSON.parse(text)).toBeInstanceOf(Object);
  });

  it('penalizes repetitions only on request', async () => {
    const answer = async (options: object) =>
      read(engine, {
        model,
        messages: ask('Write the word tick 40 times.'),
        options: { temperature: 0, maxTokens: 60, ...options },
      });
    const [byDefault, none, some, ofNone] = [
      await answer({}),
      await answer({ repeatPenalty: 1 }),
      await answer({ repeatPenalty: 1.3 }),
      await answer({ repeatPenalty: 1.3, repeatLastN: 0 }),
    ];
    expect(byDefault.text).toBe(none.text);
    expect(some.text).not.toBe(none.text);
    expect(ofNone.text).toBe(none.text);
  });

  it('answers up to the end of the context, with the finish reason length', async () => {
    const { path } = await testModel();
    const small = await createLlamaEngine({ modelPath: path, slots: 1, contextLength: 256 });
    const request = { model, messages: ask('la la la '.repeat(50)), options: { temperature: 0 } };
    const { finish, usage } = await read(small, { ...request, format: { type: 'string', minLength: 900 } });
    expect(finish).toBe('length');
    expect(usage.promptTokens + usage.completionTokens).toBe(256);
    await small.close();
  });

  it('rejects a file that is no model, and names it to operators', async () => {
    const rejected = createLlamaEngine({ modelPath: import.meta.filename, slots: 1 });
    await expect(rejected).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.not.stringContaining('engine.llama.test'),
      operatorMessage: expect.stringContaining('engine.llama.test'),
    });
  });

  it('rejects images', async () => {
    const messages = [{ role: 'user', content: 'What is this?', images: ['aGk='] } as const];
    await expect(read(engine, { model, messages })).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
  });
});
