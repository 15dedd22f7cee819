import { createTestClient } from '../e2e/harness/client.ts';
import { median } from './median.ts';
import type { Bench } from './open.ts';

/** Returns a different question of the same length per number, so that the engine can't reuse a cached prefix. */
const question = (index: number) =>
  `Question ${String(index).padStart(4, '0')}: what is ${10 + (index % 90)} plus 2?`;

const options = { temperature: 0, maxTokens: 4 };

/** Returns the time until the engine, called directly, yields its first chunk, in ms. */
const direct = async ({ engine, model }: Bench, index: number): Promise<number> => {
  const startedAt = performance.now();
  const messages = [{ role: 'user', content: question(index) }] as const;
  let first: number | null = null;
  for await (const _ of engine.generate({ model, messages, options }, AbortSignal.timeout(60_000))) {
    first ??= performance.now() - startedAt;
  }
  return first ?? Number.NaN;
};

/** Returns the time from sending `generate` over HTTP to the first chunk on the socket, in ms. */
const through = async (client: ReturnType<typeof createTestClient>, index: number): Promise<number> => {
  const startedAt = performance.now();
  const { generation } = await client.generate({ prompt: question(index), options });
  let first: number | null = null;
  for await (const { cursor } of client.watch(generation.id)) {
    if (cursor > 0) first ??= performance.now() - startedAt;
  }
  return first ?? Number.NaN;
};

export interface FirstToken {
  readonly directMs: number;
  readonly throughMs: number;
  /** The median of the differences, pair by pair. */
  readonly addedMs: number;
}

/** Measures the engine and the service alternately, so that a drift of the machine's speed affects both equally. */
export const measureFirstToken = async (bench: Bench, pairs: number): Promise<FirstToken> => {
  const client = createTestClient(bench.url, bench.token);
  const seen: { readonly direct: number; readonly through: number }[] = [];
  try {
    for (let pair = -2; pair < pairs; pair += 1) {
      const index = (pair + 2) * 2;
      const first = pair % 2 === 0;
      const a = first ? await direct(bench, index) : await through(client, index);
      const b = first ? await through(client, index + 1) : await direct(bench, index + 1);
      // The first two pairs warm up the code.
      if (pair >= 0) seen.push(first ? { direct: a, through: b } : { direct: b, through: a });
    }
  } finally {
    await client.close();
  }
  return {
    directMs: median(seen.map((pair) => pair.direct)),
    throughMs: median(seen.map((pair) => pair.through)),
    addedMs: median(seen.map((pair) => pair.through - pair.direct)),
  };
};
