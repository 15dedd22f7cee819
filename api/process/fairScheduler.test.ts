import { createFairScheduler } from './fairScheduler.ts';

describe('fair turns', () => {
  it('let a caller with one piece of work pass one with many', async () => {
    const turns = createFairScheduler();
    const order: string[] = [];
    const work = async (caller: string) => {
      const end = await turns.next(caller);
      order.push(caller);
      end();
    };
    const many = Array.from({ length: 50 }, () => work('many'));
    await Promise.all([...many, work('one'), work('other')]);
    expect(order.slice(0, 4)).toEqual(['many', 'one', 'other', 'many']);
    expect(order).toHaveLength(52);
  });

  it('are one at a time for a caller, until it ends', async () => {
    const turns = createFairScheduler();
    const first = await turns.next('one');
    let hasBegun = false;
    const second = turns.next('one').then((end) => {
      hasBegun = true;
      return end;
    });
    const other = await turns.next('other');
    other();
    expect(hasBegun).toBe(false);
    first();
    first();
    (await second)();
    (await turns.next('one'))();
  });

  it('begin one piece in each round of the event loop', async () => {
    const turns = createFairScheduler();
    let round = 0;
    let isOver = false;
    const count = () => {
      round += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const rounds = await Promise.all(
      ['a', 'a', 'b', 'c'].map(async (caller) => {
        const end = await turns.next(caller);
        end();
        return round;
      }),
    );
    isOver = true;
    expect(new Set(rounds).size).toBe(4);
  });
});
