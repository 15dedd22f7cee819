import { describeWithCluster } from '../e2e/harness/cluster.ts';
import { soak } from './soak.ts';

const seconds = process.env.FAULTS === 'short' ? 30 : 60;
const readers = 12;
const limitMs = 400_000;

describeWithCluster('a short soak', () => {
  it(
    `leaves every reader with the stored text after ${seconds} seconds of random faults`,
    async () => {
      const seed = Math.floor(Math.random() * 2 ** 20);
      const lines: string[] = [];
      const log = (line: string) => lines.push(line);
      const { violations } = await soak({ seconds, readers, seed, logs: null, log });
      if (violations.length > 0) process.stderr.write(`seed ${seed}\n${lines.join('\n')}\n`);
      expect(violations).toEqual([]);
    },
    limitMs,
  );
});
