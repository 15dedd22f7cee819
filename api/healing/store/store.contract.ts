import { at, forward, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { HealingAgent } from '../agent.ts';
import type { Healing, HealingStatus } from '../healing.ts';

export const newHealingAgent = (ownerId: string, given: Partial<HealingAgent> = {}): HealingAgent => ({
  id: newId(),
  ownerId,
  agentId: 'agent-1',
  actions: [
    { name: 'restart-worker', description: 'Restarts it.', needsApproval: false },
    { name: 'roll-back', description: 'Starts the version before.', needsApproval: true },
  ],
  maxRounds: 3,
  minConfidence: 0.6,
  createdAt: at(1),
  ...given,
});

export const newHealing = (ownerId: string, given: Partial<Healing> = {}): Healing => ({
  id: newId(),
  ownerId,
  reporterId: newId(),
  agentId: 'agent-1',
  eventId: newId(),
  actions: [{ name: 'restart-worker', description: 'Restarts it.', needsApproval: false }],
  maxRounds: 3,
  minConfidence: 0.6,
  status: 'ACTING',
  question: '',
  pending: { log: 'Error: "quoted" 数据', state: '' },
  rounds: [
    {
      number: 1,
      log: 'Error: out of memory',
      state: '{"queue": 7}',
      diagnosis: 'It leaks.',
      action: 'restart-worker',
      explanation: 'Frees memory.',
      confidence: 0.8,
      result: { eventId: 'result-0001', succeeded: false, output: 'It failed again.', at: at(8) },
      at: at(7),
    },
  ],
  note: '',
  revision: 1,
  createdAt: at(1),
  updatedAt: at(2),
  ...given,
});

export function describeHealingStore(open: OpenStores): void {
  describe('a store of healings', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const newOwner = async (): Promise<string> => {
      const id = newId();
      await stores.accounts.insertUser({
        id,
        username: `user-${id}`,
        role: 'MEMBER',
        status: 'ACTIVE',
        passwordHash: 'hash',
        identity: null,
        createdAt: at(0),
      });
      return id;
    };
    const limits = { open: 3, kept: 5 };

    it('returns a healing unchanged, to its owner only', async () => {
      const owner = await newOwner();
      const healing = newHealing(owner);
      expect(await stores.healings.insert(healing, limits)).toBe('INSERTED');
      expect(await stores.healings.find(owner, healing.id)).toEqual(healing);
      expect(await stores.healings.find(newId(), healing.id)).toBeNull();
      expect(await stores.healings.ofOwner(owner)).toEqual([healing]);
    });

    it('finds the newest healing of each agent of an owner', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const [first, second] = [1, 2].map((ms) => newHealing(owner, { createdAt: at(ms) }));
      const others = newHealing(other, { agentId: 'agent-2' });
      for (const healing of [second, first, others])
        if (healing) await stores.healings.insert(healing, limits);
      expect(await stores.healings.latestOf(owner, ['agent-2', 'agent-1'])).toEqual([null, second]);
    });

    it('lists healings newest first, also by the status that they have by now', async () => {
      const owner = await newOwner();
      const stale = { diagnosing: at(50), acting: at(20) };
      const made = (
        [
          ['NEEDS_PERSON', 99],
          ['HEALED', 1],
          ['DIAGNOSING', 49],
          ['DIAGNOSING', 50],
          ['ACTING', 19],
          ['ACTING', 49],
        ] as const
      ).map(([status, updated], index) =>
        newHealing(owner, { status, createdAt: at(index), updatedAt: at(updated) }),
      );
      for (const healing of made) await stores.healings.insert(healing, { open: 9, kept: 9 });
      const list = async (status: HealingStatus | null) =>
        (await stores.healings.page(owner, status, stale, forward(9))).items.map((healing) =>
          made.findIndex(({ id }) => id === healing.id),
        );
      expect(await list(null)).toEqual([5, 4, 3, 2, 1, 0]);
      expect(await list('NEEDS_PERSON')).toEqual([4, 2, 0]);
      expect(await list('DIAGNOSING')).toEqual([3]);
      expect(await list('ACTING')).toEqual([5]);
      expect(await list('CLOSED')).toEqual([]);
      const first = await stores.healings.page(owner, 'NEEDS_PERSON', stale, forward(2));
      expect(first).toEqual({ items: [made[4], made[2]], hasNextPage: true, hasPreviousPage: false });
      const last = made[2];
      if (!last) throw new Error('no healing');
      const rest = await stores.healings.page(owner, 'NEEDS_PERSON', stale, { ...forward(2), after: last });
      expect(rest.items).toEqual([made[0]]);
      expect((await stores.healings.page(newId(), null, stale, forward(9))).items).toEqual([]);
    });

    it('inserts one of several healings of the same event', async () => {
      const owner = await newOwner();
      const reporterId = newId();
      const same = [1, 2, 3].map(() => newHealing(owner, { reporterId, eventId: 'crash-0001' }));
      const outcomes = await Promise.all(same.map((healing) => stores.healings.insert(healing, limits)));
      expect(outcomes.toSorted()).toEqual(['DUPLICATE', 'DUPLICATE', 'INSERTED']);
      const [stored] = await stores.healings.ofOwner(owner);
      expect(await stores.healings.findByEvent(reporterId, 'crash-0001')).toEqual(stored);
      expect(await stores.healings.findByEvent(newId(), 'crash-0001')).toBeNull();
      const another = newHealing(owner, { reporterId: newId(), eventId: 'crash-0001' });
      expect(await stores.healings.insert(another, limits)).toBe('INSERTED');
    });

    it('rejects too many unfinished healings, and drops the oldest finished ones', async () => {
      const owner = await newOwner();
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, () => stores.healings.insert(newHealing(owner), limits)),
      );
      const stored = await stores.healings.ofOwner(owner);
      expect(outcomes.filter((outcome) => outcome === 'INSERTED')).toHaveLength(stored.length);
      expect(stored.length).toBeLessThanOrEqual(3);
      const other = await newOwner();
      for (let ms = 1; ms <= 8; ms += 1) {
        const healing = newHealing(other, { status: ms < 3 ? 'ACTING' : 'CLOSED', createdAt: at(ms) });
        expect(await stores.healings.insert(healing, limits)).toBe('INSERTED');
      }
      const kept = await stores.healings.ofOwner(other);
      expect(kept.map(({ createdAt }) => createdAt)).toEqual([1, 2, 4, 5, 6, 7, 8].map(at));
    });

    it('replaces a healing once per revision', async () => {
      const owner = await newOwner();
      const healing = newHealing(owner);
      await stores.healings.insert(healing, limits);
      const changed: Healing = { ...healing, status: 'HEALED', revision: 2, updatedAt: at(9) };
      const results = await Promise.all([stores.healings.replace(changed), stores.healings.replace(changed)]);
      expect(results.toSorted()).toEqual([false, true]);
      expect(await stores.healings.find(owner, healing.id)).toEqual(changed);
    });

    it('returns an agent unchanged, to its owner and for the check of its signature', async () => {
      const owner = await newOwner();
      const agent = newHealingAgent(owner);
      expect(await stores.healings.insertAgent(agent, 9)).toBe('INSERTED');
      expect(await stores.healings.findAgent(owner, agent.id)).toEqual(agent);
      expect(await stores.healings.findAgent(newId(), agent.id)).toBeNull();
      expect(await stores.healings.findAgentAnyOwner(agent.id)).toEqual(agent);
      expect(await stores.healings.findAgentAnyOwner('none')).toBeNull();
      expect(await stores.healings.deleteAgent(newId(), agent.id)).toBe(false);
      expect(await stores.healings.deleteAgent(owner, agent.id)).toBe(true);
      expect(await stores.healings.deleteAgent(owner, agent.id)).toBe(false);
      expect(await stores.healings.findAgentAnyOwner(agent.id)).toBeNull();
    });

    it('registers an agent once per owner, up to the maximum', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const same = [1, 2, 3].map(() => newHealingAgent(owner));
      const outcomes = await Promise.all(same.map((agent) => stores.healings.insertAgent(agent, 9)));
      expect(outcomes.toSorted()).toEqual(['DUPLICATE', 'DUPLICATE', 'INSERTED']);
      expect(await stores.healings.insertAgent(newHealingAgent(other), 1)).toBe('INSERTED');
      const second = newHealingAgent(other, { agentId: 'agent-2', createdAt: at(9) });
      expect(await stores.healings.insertAgent(second, 1)).toBe('FULL');
      expect(await stores.healings.insertAgent(second, 2)).toBe('INSERTED');
      const { items } = await stores.healings.pageOfAgents(other, forward(9));
      expect(items.map(({ agentId }) => agentId)).toEqual(['agent-2', 'agent-1']);
      expect((await stores.healings.agentsOfOwner(other)).map(({ agentId }) => agentId)).toEqual([
        'agent-1',
        'agent-2',
      ]);
    });

    it('deletes the agents and healings of an owner', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      for (const each of [owner, other]) {
        await stores.healings.insert(newHealing(each), limits);
        await stores.healings.insertAgent(newHealingAgent(each), 9);
      }
      await stores.healings.deleteOfOwner(owner);
      expect(await stores.healings.ofOwner(owner)).toEqual([]);
      expect(await stores.healings.agentsOfOwner(owner)).toEqual([]);
      expect(await stores.healings.agentsOfOwner(other)).toHaveLength(1);
      expect(await stores.healings.ofOwner(other)).toHaveLength(1);
    });
  });
}
