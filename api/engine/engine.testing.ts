import type { Engine, EngineChunk, EngineMessage, EngineRequest, EngineUsage } from './engine.ts';

export interface OpenEngine {
  readonly engine: Engine;
  /** An installed model. */
  readonly model: string;
}

interface Answer {
  readonly chunks: readonly string[];
  readonly text: string;
  readonly finish: string;
  readonly usage: EngineUsage;
}

/** The timeout of a test with a model on a busy machine, in ms. */
export const testTimeoutMs = 60_000;
export const never = new AbortController().signal;
export const greedy = { temperature: 0, seed: 1 };

export const ask = (content: string): EngineMessage[] => [{ role: 'user', content }];

/** Reads an answer to its end. Throws what the stream throws, and if it doesn't end with exactly one `done`. */
export async function read(engine: Engine, request: EngineRequest, signal = never): Promise<Answer> {
  const received: EngineChunk[] = [];
  for await (const chunk of engine.generate(request, signal)) received.push(chunk);
  const last = received.at(-1);
  if (last?.type !== 'done') throw new Error('The stream ended without done.');
  const chunks = received.filter((chunk) => chunk.type === 'text').map(({ text }) => text);
  expect(received.filter(({ type }) => type === 'done')).toHaveLength(1);
  return { chunks, text: chunks.join(''), finish: last.finish, usage: last.usage };
}

/** Starts a long answer, and waits for its first chunk. */
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

/** Reads a stream to its end. */
export async function drain(stream: AsyncIterator<EngineChunk>): Promise<void> {
  while (!(await stream.next()).done);
}
