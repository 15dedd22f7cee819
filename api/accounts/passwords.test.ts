import { stat } from 'node:fs/promises';
import { createPasswords } from './passwords.ts';

describe('simultaneous password checks', () => {
  it('leave a thread for other work', async () => {
    const passwords = createPasswords();
    let done = 0;
    const checks = Array.from({ length: 24 }, async () => {
      expect(await passwords.verify(null, 'a guess')).toBe(false);
      done += 1;
    });
    await stat('.');
    expect(done).toBeLessThan(6);
    await Promise.all(checks);
  }, 60_000);

  it('are rejected when the queue is full', async () => {
    const passwords = createPasswords();
    const checks = Array.from({ length: 40 }, () => passwords.verify(null, 'a guess'));
    const outcomes = await Promise.allSettled(checks);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(8);
  }, 60_000);

  it('are not computed for clients that have left', async () => {
    const passwords = createPasswords();
    const cpuOf = async (isGone: boolean) => {
      const before = process.cpuUsage().user;
      const checks = Array.from({ length: 24 }, () => passwords.verify(null, 'a guess', () => isGone));
      const outcomes = await Promise.allSettled(checks);
      expect(outcomes.every(({ status }) => status === (isGone ? 'rejected' : 'fulfilled'))).toBe(true);
      return process.cpuUsage().user - before;
    };
    const computed = await cpuOf(false);
    expect(await cpuOf(true)).toBeLessThan(computed / 10);
  }, 60_000);
});
