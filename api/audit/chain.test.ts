import type { AuditEntry } from './auditEvent.ts';
import {
  type ChainLink,
  canonicalDetails,
  chain,
  faultOf as faultOfStored,
  foldedUsernameOf,
  genesis,
} from './chain.ts';
import { newEvent } from './events.testing.ts';

/** Returns an entry as stores write it. */
const faultOf = (entry: AuditEntry, last: ChainLink) =>
  faultOfStored(
    { ...entry, foldedUsername: foldedUsernameOf(entry), detailsText: canonicalDetails(entry.details) },
    last,
  );

describe('the chain', () => {
  const [first, second, third] = chain(
    [newEvent({ username: 'a' }), newEvent({ details: { b: 1, a: 'x' } }), newEvent()],
    genesis,
  ) as [AuditEntry, AuditEntry, AuditEntry];

  it('is valid as created', () => {
    expect([faultOf(first, genesis), faultOf(second, first), faultOf(third, second)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('always has the same hash, so that old entries can be verified', () => {
    const event = {
      ...newEvent({ username: null, details: { b: 1, a: 'é' } }),
      id: '01JZZZZZZZZZZZZZZZZZZZZZZZ',
      at: new Date(1_700_000_000_123),
    };
    expect(chain([event], genesis)[0]?.hash).toBe(
      '116b0fd76a38a2866b5ee62631e30c3997cd6efc3e068d224fb0490f494d1be1',
    );
  });

  it.each<[keyof AuditEntry, unknown]>([
    ['id', 'x'],
    ['at', new Date(0)],
    ['action', 'SIGN_OUT'],
    ['outcome', 'FORBIDDEN'],
    ['userId', ''],
    ['username', 'null'],
    ['target', ''],
    ['targetId', ''],
    ['address', null],
    ['requestId', null],
    ['details', { b: '1', a: 'x' }],
    ['count', 2],
    ['hash', '0'.repeat(64)],
  ])('detects that %s was changed', (field, value) => {
    expect(faultOf({ ...second, [field]: value } as AuditEntry, first)).toBe('its fields were changed');
  });

  it('ignores the order of details, which a store needn’t keep', () => {
    expect(faultOf({ ...second, details: { a: 'x', b: 1 } }, first)).toBeNull();
  });

  it('detects missing, replaced and reordered entries', () => {
    expect(faultOf(third, first)).toBe('entry 2 is missing before it');
    expect(faultOf(third, genesis)).toBe('entries 1 to 2 are missing before it');
    const [forged] = chain([newEvent()], genesis) as [AuditEntry];
    expect(faultOf(second, forged)).toBe(
      'it does not follow the previous entry: one of the two was replaced',
    );
    expect(faultOf(first, second)).toBe('its number is 1 instead of 3');
  });
});
