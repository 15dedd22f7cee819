import type { AuditEvent } from './auditEvent.ts';
import { newEvent } from './events.testing.ts';
import { createFailureAggregator } from './failureAggregator.ts';

describe('repeated failures', () => {
  const failure = (given: Partial<AuditEvent> = {}) => newEvent({ outcome: 'UNAUTHENTICATED', ...given });

  it('are recorded once, and then once a minute with their count', async () => {
    const summed = Promise.withResolvers<AuditEvent>();
    const aggregator = createFailureAggregator({ emit: (event) => summed.resolve(event), windowMs: 50 });
    const first = failure();
    expect(aggregator.add(first)).toBe(first);
    for (let count = 0; count < 9_999; count += 1) {
      expect(aggregator.add(failure({ target: `t${count}`, requestId: `r${count}` }))).toBeNull();
    }
    expect(await summed.promise).toMatchObject({
      count: 9_999,
      target: null,
      requestId: 'r9998',
      details: { summed: true },
    });
    aggregator.close();
  });

  it('are grouped by user, address, action and outcome', () => {
    const aggregator = createFailureAggregator({ emit: () => {} });
    const events = [
      failure(),
      failure({ userId: 'u' }),
      failure({ address: '192.0.2.2' }),
      failure({ action: 'GENERATE' }),
      failure({ outcome: 'RATE_LIMITED' }),
    ];
    expect(events.map((event) => aggregator.add(event))).toEqual(events);
    aggregator.close();
  });

  it('from many addresses are limited in the number of groups', () => {
    const emitted: AuditEvent[] = [];
    const aggregator = createFailureAggregator({ emit: (event) => emitted.push(event) });
    const taken = Array.from({ length: 5_000 }, (_, at) =>
      aggregator.add(failure({ address: `2001:db8::${at}` })),
    );
    expect(taken.filter((event) => event !== null)).toHaveLength(501);
    aggregator.close();
    expect(emitted).toMatchObject([{ count: 4_499, address: null, requestId: null }]);
  });

  it('are emitted with their count on close', () => {
    const emitted: AuditEvent[] = [];
    const aggregator = createFailureAggregator({ emit: (event) => emitted.push(event) });
    for (let count = 0; count < 3; count += 1)
      aggregator.add(failure({ details: { prompt: 'p', way: 'edit' } }));
    aggregator.close();
    expect(emitted).toMatchObject([{ count: 2, details: { way: 'edit', summed: true } }]);
    expect(emitted[0]?.details).not.toHaveProperty('prompt');
  });
});
