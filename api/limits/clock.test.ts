import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { createMemoryLimits } from './limits.memory.ts';
import { createMemoryRunningSlots } from './running/runningSlots.memory.ts';

const hour = 3_600_000;
const timeOfDay = Date.now;
/** Shifts the clock of this process. */
const shiftClock = (byMs: number) => {
  Date.now = () => timeOfDay() + byMs;
};

describe('a clock that is set back an hour', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      env: { RATE_LIMIT: '2/5s', REQUEST_LIMIT: '1000/5s', ADDRESS_LIMIT: '1000/5s' },
    });
  });
  afterEach(() => {
    Date.now = timeOfDay;
  });
  afterAll(() => app.stop());

  const generate = async () => {
    const { errors } = await app.graphql<unknown>(
      'mutation { generate(input: { prompt: "Hi." }) { generation { id } } }',
    );
    return errors?.[0]?.extensions ?? null;
  };
  const signIn = async (password: string) => {
    const response = await app.post('/api/auth/login', { username: 'admin', password });
    return response.status;
  };

  it('requires no longer wait for the next generation, request or sign-in', async () => {
    for (let count = 0; count < 6; count += 1) await signIn('wrong');
    await generate();
    await generate();
    shiftClock(-hour);
    const rejected = await generate();
    expect(rejected).toMatchObject({ code: 'RATE_LIMITED' });
    expect(Number(rejected?.retryAfter)).toBeLessThanOrEqual(5);
    await sleep(1000 * Number(rejected?.retryAfter));
    expect(await generate()).toBeNull();
    // The wait of one second after the sixth failure is over.
    expect(await signIn('a password for tests')).toBe(200);
  }, 30_000);

  it('allows no more calls and no more slots', async () => {
    const limits = createMemoryLimits();
    const rate = { count: 2, windowMs: 60_000 };
    const runningSlots = createMemoryRunningSlots();
    for (let count = 0; count < 2; count += 1) await limits.consume('key', rate);
    await runningSlots.acquire('key', 'one', 1);
    for (const byMs of [-hour, hour]) {
      shiftClock(byMs);
      expect(await limits.consume('key', rate)).toMatchObject({ isAllowed: false });
      const full = await runningSlots.acquire('key', 'other', 1);
      expect(full).toMatchObject({ outcome: 'FULL' });
      for (const { heldMs } of full.outcome === 'FULL' ? full.holders : []) {
        expect(heldMs).toBeGreaterThanOrEqual(0);
        expect(heldMs).toBeLessThan(hour / 2);
      }
    }
  });
});
