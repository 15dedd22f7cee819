import type { Viewer } from '../../access/viewer.ts';
import { createMemoryLimits } from '../../limits/limits.memory.ts';
import { createAnswerLimits } from '../../limits/running/answerLimits.ts';
import { createMemoryRunningSlots } from '../../limits/running/runningSlots.memory.ts';
import { createIds } from '../../process/ids.ts';
import { silent } from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import type { Stores } from '../../stores/stores.ts';
import { createQuotas } from '../../usage/quotas.ts';
import { createReservations } from '../../usage/reservations/reservations.ts';
import { createMemoryReservationStore } from '../../usage/reservations/store.memory.ts';
import { finishedHolders } from '../finishedHolders.ts';
import { queued } from '../generation.ts';
import { createRunningLimit, type RunningLimit } from './runningLimit.ts';

const ids = createIds();
const none = { ADMIN: null, MEMBER: null, VIEWER: null };

describe('the running limit', () => {
  let stores: Stores;
  let limit: RunningLimit;
  let viewer: Viewer;
  /** The time of slots and reservations, in ms. */
  let now = 0;
  beforeEach(async () => {
    stores = await openTemporaryStores();
    const clock = () => new Date();
    viewer = {
      user: {
        id: ids.next(),
        username: 'ada',
        role: 'MEMBER',
        status: 'ACTIVE',
        passwordHash: null,
        identity: null,
        createdAt: clock(),
      },
      sessionId: null,
      apiKey: null,
      expiresAt: null,
    };
    limit = createRunningLimit({
      answerLimits: createAnswerLimits({
        limits: createMemoryLimits(),
        runningSlots: createMemoryRunningSlots(() => now),
        rates: none,
        maxAtOnce: 1,
        findEnded: (ownerId, holders) => finishedHolders(stores.generations, ownerId, holders),
        recordLimitHit: () => {},
      }),
      reservations: createReservations({
        quotas: createQuotas({
          usage: stores.usage,
          day: none,
          month: none,
          roleOf: async () => 'MEMBER',
          clock,
        }),
        reservationStore: createMemoryReservationStore(() => now),
        findEnded: (ownerId, holders) => finishedHolders(stores.generations, ownerId, holders),
        recordLimitHit: () => {},
        clock,
        log: silent,
      }),
      reserveTokens: 64,
    });
  });
  afterEach(() => stores.close());

  const request = (id: string, attempt = 1) => ({ id, attempt, promptTokens: 1, maxTokens: null });
  const store = async (id: string): Promise<void> => {
    const rest = {
      conversationId: null,
      messageId: null,
      model: 'm',
      systemPrompt: null,
      options: {},
      format: null,
    };
    const prompt = { messages: [] };
    await stores.generations.insert(
      queued({ ...rest, id, ownerId: viewer.user.id, prompt, idempotencyKey: null, createdAt: new Date() }),
    );
  };
  const start = async (id: string) => {
    await limit.admit(viewer, request(id), () => store(id));
    return id;
  };
  const end = (id: string) =>
    stores.generations.transition(id, ['QUEUED'], { status: 'INTERRUPTED', finishedAt: new Date() });
  const rejection = { code: 'RATE_LIMITED' };

  it('counts a continued answer before its next attempt is stored', async () => {
    const id = await start(ids.next());
    await end(id);
    const reached = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const continuing = limit.admit(viewer, request(id, 2), async () => {
      reached.resolve();
      await stored.promise;
      return stores.generations.transition(id, ['INTERRUPTED'], { status: 'QUEUED', attempt: 2 });
    });
    await reached.promise;
    await expect(start(ids.next())).rejects.toMatchObject(rejection);
    stored.resolve();
    await continuing;
    await expect(start(ids.next())).rejects.toMatchObject(rejection);
    await end(id);
    await start(ids.next());
  });

  it('counts an answer that another worker took over with a higher attempt', async () => {
    const id = await start(ids.next());
    await stores.generations.transition(id, ['QUEUED'], { status: 'RUNNING', attempt: 5 });
    await expect(start(ids.next())).rejects.toMatchObject(rejection);
    await stores.generations.transition(id, ['RUNNING'], { status: 'COMPLETED' });
    await start(ids.next());
  });

  it('releases the slot of an answer that was never stored after half a minute', async () => {
    const never = new Promise<void>(() => {});
    void limit.admit(viewer, request(ids.next()), () => never);
    await expect(start(ids.next())).rejects.toMatchObject(rejection);
    now += 30_001;
    await start(ids.next());
  });

  it('holds no slot for an answer that could not be started', async () => {
    const failing = limit.admit(viewer, request(ids.next()), async () => {
      throw new Error('no such conversation');
    });
    await expect(failing).rejects.toThrow('no such conversation');
    await start(ids.next());
  });
});
