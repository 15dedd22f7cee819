import { createTestClient } from '../e2e/harness/client.ts';
import { median } from './median.ts';
import type { Bench } from './open.ts';

/** One question a number, all of one length: each is new to the engine, so no earlier one's prefix helps. */
const question = (index: number) =>
  `Question ${String(index).padStart(4, '0')}: what is ${10 + (index % 90)} plus 2?`;

const options = { temperature: 0, maxTokens: 4 };

/** Milliseconds until the engine itself, called directly, gives its first piece. */
const direct = async ({ engine, model }: Bench, index: number): Promise<number> => {
  const startedAt = performance.now();
  const messages = [{ role: 'user', content: question(index) }] as const;
  let first: number | null = null;
  for await (const _ of engine.generate({ model, messages, options }, AbortSignal.timeout(60_000))) {
    first ??= performance.now() - startedAt;
  }
  return first ?? Number.NaN;
};

/** Milliseconds from sending `generate` over HTTP until the first piece comes over the socket. */
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
  /** The median of what the service adds, pair by pair. */
  readonly addedMs: number;
}

/** The engine and the service in turn, in one run, so that a machine whose speed drifts is fair to both. */
export const measureFirstToken = async (bench: Bench, pairs: number): Promise<FirstToken> => {
  const client = createTestClient(bench.url, bench.token);
  const seen: { readonly direct: number; readonly through: number }[] = [];
  try {
    for (let pair = -2; pair < pairs; pair += 1) {
      const index = (pair + 2) * 2;
      const first = pair % 2 === 0;
      const a = first ? await direct(bench, index) : await through(client, index);
      const b = first ? await through(client, index + 1) : await direct(bench, index + 1);
      // The first two warm the code up.
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
