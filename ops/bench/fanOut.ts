import { createTestClient } from '../e2e/harness/client.ts';
import { median } from './median.ts';
import type { Bench } from './open.ts';

export interface FanOut {
  readonly readers: number;
  /** The time between the first and the last reader's end of one answer, in ms; the median over the rounds. */
  readonly spreadMs: number;
  /** The duration of the answer with all readers, divided by the duration with one. */
  readonly slowdown: number;
}

/** Measures one answer with many readers: none may delay the others or the model. */
export const measureFanOut = async (bench: Bench, readers: number, rounds: number): Promise<FanOut> => {
  const clients = Array.from({ length: readers }, () => createTestClient(bench.url, bench.token));
  const [one] = clients;
  if (!one) throw new RangeError('readers must be 1 or more');

  const round = async (watchers: typeof clients) => {
    const startedAt = performance.now();
    const { generation } = await one.generate({
      prompt: 'Count from one to fifty in words.',
      options: { temperature: 0, maxTokens: 60 },
    });
    const ends = await Promise.all(
      watchers.map(async (client) => {
        await client.finished(generation.id);
        return performance.now() - startedAt;
      }),
    );
    return { took: Math.max(...ends), spread: Math.max(...ends) - Math.min(...ends) };
  };

  try {
    await round(clients);
    const single: number[] = [];
    const together: { readonly took: number; readonly spread: number }[] = [];
    for (let index = 0; index < rounds; index += 1) {
      single.push((await round([one])).took);
      together.push(await round(clients));
    }
    return {
      readers,
      spreadMs: median(together.map(({ spread }) => spread)),
      slowdown: median(together.map(({ took }, index) => took / (single[index] ?? took))),
    };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
};
