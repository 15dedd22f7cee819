import { groupOf, inListOrder } from './groups.ts';

const now = new Date(2026, 10, 23, 9, 30);
const at = (year: number, month: number, day: number, hour = 12) => ({
  pinned: false,
  updatedAt: new Date(year, month - 1, day, hour).toISOString(),
});

describe('the headings of the list', () => {
  it.each([
    ['Today', at(2026, 11, 23, 1)],
    ['Yesterday', at(2026, 11, 22, 23)],
    ['Previous 7 days', at(2026, 11, 16)],
    ['Previous 30 days', at(2026, 10, 25)],
    ['August', at(2026, 8, 3)],
  ])('puts it under %s', (heading, conversation) => expect(groupOf(conversation, now)).toBe(heading));

  it('include the year for earlier years', () => expect(groupOf(at(2024, 5, 1), now)).toBe('May 2024'));

  it('count a time in the future as today', () => expect(groupOf(at(2026, 11, 24), now)).toBe('Today'));

  it('sort pinned conversations first, then the newest', () => {
    const pinned = { ...at(2024, 1, 1), pinned: true };
    const [older, newer] = [at(2026, 11, 1), at(2026, 11, 2)];
    expect([older, newer, pinned].sort(inListOrder)).toEqual([pinned, newer, older]);
  });
});
