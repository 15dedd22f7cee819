import { Failure } from '../errors/failures.ts';
import { boundedLabel, definitionsIn } from './definitions.ts';
import { observeCalls } from './observeCalls.ts';
import { queueAgeS } from './queueAge.ts';
import { createMetricsRegistry } from './registry.ts';
import { surfaceOfPath } from './requestMetrics.ts';

describe('a label that others choose', () => {
  it('has a bounded number of values', () => {
    const bounded = boundedLabel(2);
    expect(['a', 'b', 'c', 'a', 'd'].map(bounded)).toEqual(['a', 'b', 'other', 'a', 'other']);
  });
});

describe('surfaces', () => {
  it.each([
    ['/graphql', 'graphql'],
    ['/v1/chat/completions', 'openai'],
    ['/v1/messages', 'anthropic'],
    ['/api/chat', 'ollama'],
    ['/api/auth/login', 'rest'],
    ['/health/ready', 'health'],
    ['/conversations/1', 'web'],
  ])('%s is a path of %s', (path, surface) => expect(surfaceOfPath(path)).toBe(surface));
});

describe('observed calls', () => {
  it('report promises that resolve and reject, and pass on values, errors and properties', async () => {
    class Store {
      readonly #rows = [1, 2];
      readonly outlives = true;
      async read() {
        return this.#rows;
      }
      async fail(): Promise<void> {
        throw new Failure('SERVICE_UNAVAILABLE', 'down');
      }
      count() {
        return this.#rows.length;
      }
    }
    const calls: (readonly [string, boolean])[] = [];
    const store = observeCalls(new Store(), 'rows', (name, durationS, error) => {
      expect(durationS).toBeGreaterThanOrEqual(0);
      calls.push([name, error !== null]);
    });
    expect(await store.read()).toEqual([1, 2]);
    await expect(store.fail()).rejects.toThrow('down');
    expect([store.count(), store.outlives]).toEqual([2, true]);
    expect(calls).toEqual([
      ['rows', false],
      ['rows', true],
    ]);
  });
});

describe('a gauge', () => {
  it('is NaN if its value is unknown', async () => {
    const registry = createMetricsRegistry();
    definitionsIn(registry).gauge('a_gauge', 'A gauge.', () => Promise.reject(new Error('down')));
    expect((await registry.print('prometheus')).text).toMatch(/^a_gauge nan$/im);
  });
});

describe('the age of the queue', () => {
  const now = new Date('2026-01-01T00:10:00Z');
  const generation = (status: 'QUEUED' | 'RUNNING', seconds: number, isBackground = false) => ({
    id: `${status}-${seconds}`,
    ownerId: 'ann',
    status,
    attempt: 1,
    queuedAt: new Date(now.getTime() - seconds * 1000),
    isBackground,
  });

  it('is that of the oldest one that waits, behind any number of older ones that run', () => {
    const running = Array.from({ length: 1000 }, (_, index) => generation('RUNNING', 400 - index / 10));
    expect(queueAgeS([...running, generation('QUEUED', 100), generation('QUEUED', 200)], now)).toBe(200);
    expect(queueAgeS(running, now)).toBe(0);
  });

  it('is not that of one in the background, which waits for as long as people ask', () => {
    expect(queueAgeS([generation('QUEUED', 5000, true), generation('QUEUED', 100)], now)).toBe(100);
    expect(queueAgeS([generation('QUEUED', 5000, true)], now)).toBe(0);
  });

  it('is not negative if the clock of another replica is ahead', () => {
    expect(queueAgeS([generation('QUEUED', -5)], now)).toBe(0);
  });
});
