import { factsOf } from './facts.ts';

describe('the fields of an event', () => {
  it('have readable names', () => {
    const facts = Object.fromEntries(
      factsOf({
        seq: 12_345,
        at: '2026-11-23T12:00:00.000Z',
        requestId: null,
        details: { promptLength: 7, newerDetail: 'a' },
        hash: 'abc',
      }),
    );
    expect(facts).toMatchObject({
      'Length of the prompt': '7',
      'Newer detail': 'a',
      Number: '12,345',
      Hash: 'abc',
    });
    expect(Object.keys(facts)).not.toContain('Request');
    expect(facts.When).toContain('2026');
  });
});
