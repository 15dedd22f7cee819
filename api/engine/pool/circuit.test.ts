import { Circuit } from './circuit.ts';

describe('a circuit breaker', () => {
  let now = 0;
  let circuit: Circuit;

  beforeEach(() => {
    now = 0;
    circuit = new Circuit({ threshold: 3, backoffMs: 100, maxBackoffMs: 350, clock: () => now });
  });

  const fail = (times: number) => {
    for (let time = 0; time < times; time += 1) circuit.recordFailure();
  };

  it('opens after consecutive failures, not after as many with a success in between', () => {
    fail(2);
    circuit.recordSuccess();
    fail(2);
    expect(circuit.state).toBe('closed');
    fail(1);
    expect(circuit.state).toBe('open');
  });

  it('opens at once on a failure that is certain', () => {
    circuit.recordFailure(true);
    expect(circuit.state).toBe('open');
  });

  it('allows one attempt after the backoff, and closes when that succeeds', () => {
    fail(3);
    expect(circuit.retryInMs).toBeGreaterThanOrEqual(75);
    now += 100;
    expect(circuit.state).toBe('half-open');
    circuit.attempt();
    expect(circuit.state).toBe('open');
    circuit.recordSuccess();
    expect(circuit.state).toBe('closed');
    expect(circuit.retryInMs).toBe(0);
  });

  it('stays open longer after each failed attempt, up to a cap', () => {
    fail(3);
    for (const maxMs of [200, 350, 350, 350]) {
      now += circuit.retryInMs;
      circuit.attempt();
      circuit.recordFailure();
      expect(circuit.retryInMs).toBeLessThanOrEqual(maxMs);
      expect(circuit.retryInMs).toBeGreaterThanOrEqual(maxMs * 0.75);
    }
  });

  it('is not kept open by failures of requests that began before it opened', () => {
    fail(3);
    const wait = circuit.retryInMs;
    fail(5);
    expect(circuit.retryInMs).toBe(wait);
  });

  it('allows another attempt if one never ends', () => {
    fail(3);
    now += 100;
    circuit.attempt();
    now += 200;
    expect(circuit.state).toBe('half-open');
  });
});
