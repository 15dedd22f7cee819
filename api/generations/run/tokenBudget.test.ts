import { jest } from '@jest/globals';
import { serviceUnavailable } from '../../errors/failures.ts';
import { silent } from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import type { Stores } from '../../stores/stores.ts';
import { createQuotas } from '../../usage/quotas.ts';
import {
  createReservations,
  type Reservations,
  runningLeaseMs,
} from '../../usage/reservations/reservations.ts';
import { createMemoryReservationStore } from '../../usage/reservations/store.memory.ts';
import { openBudget } from './tokenBudget.ts';

const limit = 100;
const ownerId = 'ann';
const generation = { id: 'one', ownerId, attempt: 1 };
const none = { ADMIN: null, MEMBER: null, VIEWER: null };
const never = new AbortController().signal;

describe('the token budget of an answer', () => {
  let stores: Stores;
  let reservations: Reservations;

  const openReservations = (day: number | null) => {
    const clock = () => new Date();
    return createReservations({
      quotas: createQuotas({
        usage: stores.usage,
        day: { ADMIN: day, MEMBER: day, VIEWER: day },
        month: none,
        roleOf: async () => 'MEMBER',
        clock,
      }),
      reservationStore: createMemoryReservationStore(),
      findEnded: async () => [],
      recordLimitHit: () => {},
      clock,
      log: silent,
    });
  };

  beforeEach(async () => {
    stores = await openTemporaryStores();
    reservations = openReservations(limit);
  });
  afterEach(() => stores.close());

  const open = (promptTokens: number, changes: Partial<Parameters<typeof openBudget>[0]> = {}) =>
    openBudget(
      { reservations, mayGenerate: async () => true, log: silent, ...changes },
      generation,
      async () => promptTokens,
      never,
    );

  /** Returns how many tokens another answer of the owner can reserve. */
  const available = async (): Promise<number> => {
    const request = { ownerId, id: 'other', attempt: 1, minTokens: 0, state: 'running' } as const;
    const granted = await reservations.reserve({ ...request, wantedTokens: limit });
    await reservations.release(ownerId, 'other', 1);
    return granted ?? Number.POSITIVE_INFINITY;
  };

  it('reserves the prompt and the beginning of the answer', async () => {
    const budget = await open(40);
    expect(await available()).toBe(44);
    budget.close();
  });

  it('reserves more as the answer grows, and nothing for chunks that are reserved already', async () => {
    const budget = await open(40);
    await budget.reserve(16);
    expect(await available()).toBe(44);
    await budget.reserve(17);
    expect(await available()).toBe(28);
    budget.close();
  });

  it('grants exactly the tokens that are left', async () => {
    const budget = await open(90);
    await budget.reserve(10);
    await expect(budget.reserve(11)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    budget.close();
  });

  it('rejects a prompt for which no tokens are left', async () => {
    await expect(open(limit)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(await available()).toBe(limit);
  });

  it('leaves the tokens of an owner’s other answer alone', async () => {
    const request = { ownerId, id: 'other', attempt: 1, state: 'running' } as const;
    await reservations.reserve({ ...request, minTokens: 50, wantedTokens: 50 });
    const budget = await open(40);
    await budget.reserve(10);
    await expect(budget.reserve(11)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    budget.close();
  });

  it('is unlimited without a quota, and then measures no prompt', async () => {
    const measure = jest.fn(async () => 1);
    const deps = { reservations: openReservations(null), mayGenerate: async () => true, log: silent };
    const budget = await openBudget(deps, generation, measure, never);
    await budget.reserve(1_000_000);
    budget.close();
    expect(measure).not.toHaveBeenCalled();
  });

  it('is denied to an owner who may not generate any more, and reserves nothing', async () => {
    await expect(open(10, { mayGenerate: async () => false })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await available()).toBe(limit);
  });

  it('retries while the quota can’t be read', async () => {
    let failures = 2;
    const failing: Reservations = {
      ...reservations,
      async reserve(request) {
        failures -= 1;
        if (failures >= 0) throw serviceUnavailable('The store is unavailable.');
        return reservations.reserve(request);
      },
    };
    const budget = await open(40, { reservations: failing });
    expect(await available()).toBe(44);
    budget.close();
  });

  it('renews its reservation until it is closed', async () => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'performance', 'Date'],
    });
    try {
      const states: string[] = [];
      const observed: Reservations = {
        ...reservations,
        reserve(request) {
          states.push(request.state);
          return reservations.reserve(request);
        },
      };
      const budget = await open(40, { reservations: observed });
      expect(states).toEqual(['starting']);
      await jest.advanceTimersByTimeAsync(runningLeaseMs / 3);
      expect(states).toEqual(['starting', 'running']);
      budget.close();
      await jest.advanceTimersByTimeAsync(runningLeaseMs);
      expect(states).toEqual(['starting', 'running']);
    } finally {
      jest.useRealTimers();
    }
  });
});
