import { createFairTurns } from './fairTurns.ts';

describe('fair turns', () => {
  it('let a caller with one piece of work pass one with many', async () => {
    const turns = createFairTurns();
    const order: string[] = [];
    const begin = async (caller: string) => {
      await turns.next(caller);
      order.push(caller);
    };
    const many = Array.from({ length: 50 }, () => begin('many'));
    await Promise.all([...many, begin('one'), begin('other')]);
    expect(order.slice(0, 4)).toEqual(['many', 'one', 'other', 'many']);
    expect(order).toHaveLength(52);
  });

  it('start one piece in each round of the event loop', async () => {
    const turns = createFairTurns();
    let round = 0;
    let isOver = false;
    const count = () => {
      round += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const rounds = await Promise.all(
      ['a', 'a', 'b', 'c'].map(async (caller) => {
        await turns.next(caller);
        return round;
      }),
    );
    isOver = true;
    expect(new Set(rounds).size).toBe(4);
    await turns.next('a');
  });
});
