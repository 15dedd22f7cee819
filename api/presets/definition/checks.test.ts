import { iterationsOf } from '../../process/iterations.testing.ts';
import { createDefinitionChecks } from './checks.ts';

/** Uses the processor for a time, in ms. */
const work = (ms: number): void => {
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    if ((user + system) / 1000 >= ms) return;
  }
};

describe('checks of definitions', () => {
  it('run between other work, also many of a user at once', async () => {
    const checks = createDefinitionChecks();
    const many = () => Promise.all(Array.from({ length: 20 }, () => checks.run('mia', () => 'checked')));
    expect(await iterationsOf(many)).toBeGreaterThanOrEqual(20);
  });

  it('of a user are rejected for a while after a slow one, which may have failed', async () => {
    let now = 0;
    const checks = createDefinitionChecks(() => now);
    const slow = () => {
      work(120);
      throw new Error('slow');
    };
    const attempts = [slow, () => 'next'].map((check) => checks.run('mia', check));
    const [first, next] = await Promise.allSettled(attempts);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'slow' } });
    expect(next).toMatchObject({ status: 'rejected', reason: { code: 'RATE_LIMITED' } });
    const { retryAfter } = (next as unknown as { reason: { details: { retryAfter: number } } }).reason
      .details;
    expect(retryAfter).toBeGreaterThanOrEqual(2);
    expect(await checks.run('ada', () => 'of another user')).toBe('of another user');
    now += retryAfter * 1000;
    expect(await checks.run('mia', () => 'later')).toBe('later');
  });
});
