import { Failure } from '../errors/failures.ts';
import { boundedLabel, definitionsIn } from './definitions.ts';
import { observeCalls } from './observeCalls.ts';
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
