import type { AuditEvent } from './auditEvent.ts';
import { newEvent } from './events.testing.ts';
import { createFailureAggregator } from './failureAggregator.ts';

describe('repeated refusals', () => {
  const refusal = (given: Partial<AuditEvent> = {}) => newEvent({ outcome: 'UNAUTHENTICATED', ...given });

  it('are written once at first, and then once a minute with how many there were', async () => {
    const summed = Promise.withResolvers<AuditEvent>();
    const aggregator = createFailureAggregator({ emit: (event) => summed.resolve(event), windowMs: 50 });
    const first = refusal();
    expect(aggregator.add(first)).toBe(first);
    for (let count = 0; count < 9_999; count += 1) {
      expect(aggregator.add(refusal({ target: `t${count}`, requestId: `r${count}` }))).toBeNull();
    }
    expect(await summed.promise).toMatchObject({
      count: 9_999,
      target: null,
      requestId: 'r9998',
      details: { summed: true },
    });
    aggregator.close();
  });

  it('are kept apart by who, from where, what and why', () => {
    const aggregator = createFailureAggregator({ emit: () => {} });
    const events = [
      refusal(),
      refusal({ userId: 'u' }),
      refusal({ address: '192.0.2.2' }),
      refusal({ action: 'GENERATE' }),
      refusal({ outcome: 'RATE_LIMITED' }),
    ];
    expect(events.map((event) => aggregator.add(event))).toEqual(events);
    aggregator.close();
  });

  it('are not written apart without end, from however many addresses they come', () => {
    const emitted: AuditEvent[] = [];
    const aggregator = createFailureAggregator({ emit: (event) => emitted.push(event) });
    const taken = Array.from({ length: 5_000 }, (_, at) =>
      aggregator.add(refusal({ address: `2001:db8::${at}` })),
    );
    expect(taken.filter((event) => event !== null)).toHaveLength(501);
    aggregator.close();
    expect(emitted).toMatchObject([{ count: 4_499, address: null, requestId: null }]);
  });

  it('lose no count when they end', () => {
    const emitted: AuditEvent[] = [];
    const aggregator = createFailureAggregator({ emit: (event) => emitted.push(event) });
    for (let count = 0; count < 3; count += 1)
      aggregator.add(refusal({ details: { prompt: 'p', way: 'edit' } }));
    aggregator.close();
    expect(emitted).toMatchObject([{ count: 2, details: { way: 'edit', summed: true } }]);
    expect(emitted[0]?.details).not.toHaveProperty('prompt');
  });
});
