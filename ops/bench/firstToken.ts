import { createTestClient } from '../e2e/harness/client.ts';
import { median } from './median.ts';
import type { Bench } from './open.ts';

/** Returns a different question for each index, all of one length, so that the engine's prefix cache has no effect. */
const question = (index: number) =>
  `Question ${String(index).padStart(4, '0')}: what is ${10 + (index % 90)} plus 2?`;

const options = { temperature: 0, maxTokens: 4 };

/** Measures the time to the first token of a direct call of the engine, in milliseconds. */
const measureDirect = async ({ engine, model }: Bench, index: number): Promise<number> => {
  const startedAt = performance.now();
  const messages = [{ role: 'user', content: question(index) }] as const;
  let first: number | null = null;
  for await (const _ of engine.generate({ model, messages, options }, AbortSignal.timeout(60_000))) {
    first ??= performance.now() - startedAt;
  }
  return first ?? Number.NaN;
};

/** Measures the time from `generate` over HTTP to the first delta on the socket, in milliseconds. */
const measureService = async (
  client: ReturnType<typeof createTestClient>,
  index: number,
): Promise<number> => {
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
  /** The overhead of the service, in milliseconds: the median over the pairs. */
  readonly addedMs: number;
}

/** Measures engine and service alternately, so that a varying machine speed affects both equally. */
export const measureFirstToken = async (bench: Bench, pairs: number): Promise<FirstToken> => {
  const client = createTestClient(bench.url, bench.token);
  const measured: { readonly direct: number; readonly through: number }[] = [];
  try {
    for (let pair = -2; pair < pairs; pair += 1) {
      const index = (pair + 2) * 2;
      const first = pair % 2 === 0;
      const a = first ? await measureDirect(bench, index) : await measureService(client, index);
      const b = first ? await measureService(client, index + 1) : await measureDirect(bench, index + 1);
      // The first two pairs are a warm-up.
      if (pair >= 0) measured.push(first ? { direct: a, through: b } : { direct: b, through: a });
    }
  } finally {
    await client.close();
  }
  return {
    directMs: median(measured.map((pair) => pair.direct)),
    throughMs: median(measured.map((pair) => pair.through)),
    addedMs: median(measured.map((pair) => pair.through - pair.direct)),
  };
};
