import { askedOf, csvAddress, everything, isPossible } from './filter.ts';

describe('the filter of the audit log', () => {
  it('matches everything at first', () => {
    expect(askedOf(everything)).toEqual({
      actions: null,
      username: null,
      refusedOnly: false,
      from: null,
      to: null,
    });
    expect(csvAddress(everything)).toBe('/api/audit.csv');
  });

  it('includes the last day to its end in the browser’s time zone', () => {
    const { from, to } = askedOf({ ...everything, fromDay: '2026-02-27', toDay: '2026-02-28' });
    expect([from, to]).toEqual([new Date(2026, 1, 27).toISOString(), new Date(2026, 2, 1).toISOString()]);
  });

  it('applies to the exported file as to the list', () => {
    const filter = {
      ...everything,
      kind: 'API_KEYS',
      username: ' ada ',
      refusedOnly: true,
      fromDay: '2026-02-28',
    } as const;
    const { searchParams, pathname } = new URL(csvAddress(filter), 'http://localhost');
    expect(pathname).toBe('/api/audit.csv');
    expect(searchParams.getAll('action')).toEqual(['CREATE_API_KEY', 'REVOKE_API_KEY']);
    searchParams.delete('action');
    expect(Object.fromEntries(searchParams)).toEqual({
      username: 'ada',
      refusedOnly: 'true',
      from: new Date(2026, 1, 28).toISOString(),
    });
  });

  it('detects a range whose start is after its end', () => {
    expect(isPossible({ ...everything, fromDay: '2026-02-28', toDay: '2026-02-27' })).toBe(false);
    expect(isPossible({ ...everything, fromDay: '2026-02-28', toDay: '2026-02-28' })).toBe(true);
    expect(isPossible({ ...everything, fromDay: '2026-02-28' })).toBe(true);
  });
});
