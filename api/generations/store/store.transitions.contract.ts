import { at, newId } from '../../stores/stores.contract.ts';
import type { ToolCall } from '../../tools/toolCall.ts';
import type { Generation, GenerationPatch, GenerationStatus } from '../generation.ts';
import { type OpenGenerations, toolUse, usage } from './store.testing.ts';

/** The contract of status transitions. Registered within `describeGenerationStore`. */
export function describeTransitions(opened: OpenGenerations): void {
  const { insert } = opened;
  describe('a transition', () => {
    it('changes the given fields and returns the changed row', async () => {
      const { stores } = opened;
      const generation = await insert({ thinking: 'kept' });
      const patches: GenerationPatch[] = [
        { status: 'RUNNING', startedAt: at(5), attempt: 2, continuedAttempts: [1], queuedAt: at(7) },
        {
          status: 'COMPLETED',
          finishReason: 'TOOL_CALLS',
          toolCalls: [{ name: 'add', arguments: { $a: 1 } }],
          toolUse,
          usage,
          finishedAt: at(6),
          cached: true,
        },
        {
          status: 'FAILED',
          error: { code: 'INTERNAL', message: 'm' },
          usage: null,
          thinking: null,
          toolCalls: null,
          toolUse: { names: ['add'], apiKeyId: null, calls: [] },
        },
        {},
      ];
      let expected: Generation = generation;
      for (const patch of patches) {
        const from = expected.status;
        expected = { ...expected, ...patch };
        expect(await stores.generations.transition(generation.id, [from], patch)).toEqual(expected);
        expect(await stores.generations.findAnyOwner(generation.id)).toEqual(expected);
      }
    });

    it.each([
      ['another status', ['QUEUED', 'COMPLETED']],
      ['no status', []],
    ] satisfies [string, GenerationStatus[]][])('from %s changes nothing', async (_, from) => {
      const { stores } = opened;
      const generation = await insert({ status: 'RUNNING' });
      expect(await stores.generations.transition(generation.id, from, { status: 'FAILED' })).toBeNull();
      expect(await stores.generations.transition(generation.id, from, {})).toBeNull();
      expect(await stores.generations.findAnyOwner(generation.id)).toEqual(generation);
    });

    it('of another attempt changes nothing', async () => {
      const { stores } = opened;
      const { id } = await insert({ status: 'RUNNING', attempt: 2 });
      const { transition } = stores.generations;
      expect(await transition(id, ['RUNNING'], { status: 'FAILED' }, 1)).toBeNull();
      expect(await transition(id, ['RUNNING'], { attempt: 3 }, 2)).toMatchObject({
        attempt: 3,
        status: 'RUNNING',
      });
    });

    it('returns null if there is no generation', async () => {
      const { stores } = opened;
      expect(await stores.generations.transition(newId(), ['QUEUED'], { status: 'RUNNING' })).toBeNull();
    });

    it('of a waiting call is a decision, which only one of several makes', async () => {
      const { stores } = opened;
      const [call] = toolUse.calls as readonly ToolCall[];
      if (!call) throw new Error('the call is missing');
      const waiting = { ...call, id: 'a', state: 'WAITING' } as const;
      const use = { ...toolUse, calls: [call, waiting] };
      const { id, ownerId } = await insert({ status: 'RUNNING', toolUse: use });
      const decide = (state: 'PENDING' | 'DENIED', of = 'a', by = ownerId) =>
        stores.generations.changeWaitingCall(by, id, of, { state, result: state });
      expect(await decide('DENIED', call.id)).toBeNull();
      expect(await decide('DENIED', 'b')).toBeNull();
      expect(await decide('DENIED', 'a', newId())).toBeNull();
      const made = await Promise.all([decide('PENDING'), decide('DENIED'), decide('PENDING')]);
      const [decided, ...others] = made.filter((one) => one !== null);
      expect(others).toEqual([]);
      expect(decided?.toolUse?.calls).toEqual([call, { ...waiting, ...decided?.toolUse?.calls[1] }]);
      expect(await stores.generations.findAnyOwner(id)).toEqual(decided);
      expect(await decide('DENIED')).toBeNull();

      const ended = await insert({ status: 'CANCELLED', toolUse: use });
      const late = stores.generations.changeWaitingCall(ownerId, ended.id, 'a', { state: 'PENDING' });
      expect(await late).toBeNull();
    });

    const callIn = (state: ToolCall['state'], id: string): ToolCall => ({
      id,
      name: 'test_add',
      arguments: {},
      round: 1,
      offset: 0,
      startedAt: null,
      state,
      isAllowed: true,
      result: null,
      finishedAt: null,
    });

    it('is not needed to end the calls that an earlier release left open', async () => {
      const { stores } = opened;
      const open = (['PENDING', 'WAITING', 'RUNNING'] as const).map((state) => callIn(state, state));
      const use = { ...toolUse, calls: open };
      const states = (found: Generation | null | undefined) =>
        found?.toolUse?.calls.map(({ state }) => state);
      const ended = await insert({ status: 'FAILED', finishedAt: at(6), toolUse: use });
      const found = await stores.generations.findAnyOwner(ended.id);
      expect(states(found)).toEqual(open.map(() => 'CANCELLED'));
      expect(found?.toolUse?.calls[2]).toMatchObject({ isAllowed: false, finishedAt: at(6).toISOString() });
      const [many] = await stores.generations.findMany(ended.ownerId, [ended.id]);
      expect(states(many)).toEqual(open.map(() => 'CANCELLED'));
      const running = await insert({ status: 'RUNNING', toolUse: use });
      expect(states(await stores.generations.findAnyOwner(running.id))).toEqual(
        open.map(({ state }) => state),
      );
    });

    it.each(['COMPLETED', 'CANCELLED', 'FAILED', 'INTERRUPTED'] as const)(
      'to %s ends the open calls of tools, and no permission is left',
      async (status) => {
        const { stores } = opened;
        const [done] = toolUse.calls as readonly ToolCall[];
        if (!done) throw new Error('the call is missing');
        const open = (['PENDING', 'WAITING', 'RUNNING'] as const).map((state) => callIn(state, state));
        const { id } = await insert({ status: 'RUNNING', toolUse: { ...toolUse, calls: [done, ...open] } });
        const ended = await stores.generations.transition(id, ['RUNNING'], { status, finishedAt: at(6) });
        const cancelled = { state: 'CANCELLED', isAllowed: false, finishedAt: at(6).toISOString() };
        expect(ended?.toolUse?.calls).toMatchObject([
          done,
          { ...cancelled, result: expect.stringMatching(/was not called/) },
          { ...cancelled, result: expect.stringMatching(/was not called/) },
          { ...cancelled, result: expect.stringMatching(/unknown whether/) },
        ]);
        expect(await stores.generations.findAnyOwner(id)).toEqual(ended);
      },
    );

    it('overwrites no call that waits or that was decided since its worker read it', async () => {
      const { stores } = opened;
      const waiting = callIn('WAITING', 'a');
      const use = { ...toolUse, calls: [waiting] };
      const { id, ownerId } = await insert({ status: 'RUNNING', toolUse: use });
      const stale = { toolUse: { ...use, calls: [{ ...waiting, state: 'RUNNING' }] } } as const;
      const states = async () => {
        const changed = await stores.generations.transition(id, ['RUNNING'], stale);
        return changed?.toolUse?.calls.map(({ state }) => state);
      };
      expect(await states()).toEqual(['WAITING']);
      await stores.generations.changeWaitingCall(ownerId, id, 'a', { state: 'DENIED' });
      expect(await states()).toEqual(['DENIED']);
    });

    it('that is repeated after its reply was lost takes no decision back', async () => {
      const { stores } = opened;
      const pending = { ...callIn('PENDING', 'a'), isAllowed: false };
      const use = { ...toolUse, calls: [pending] };
      const { id, ownerId } = await insert({ status: 'RUNNING', toolUse: use });
      const wait = () =>
        stores.generations.transition(id, ['RUNNING'], {
          toolUse: { ...use, calls: [{ ...pending, state: 'WAITING' }] },
        });
      expect((await wait())?.toolUse?.calls).toMatchObject([{ state: 'WAITING' }]);
      const allowed = { state: 'PENDING', isAllowed: true, decidedAt: at(6).toISOString() } as const;
      await stores.generations.changeWaitingCall(ownerId, id, 'a', allowed);
      expect((await wait())?.toolUse?.calls).toMatchObject([allowed]);
    });

    it('succeeds once if several run at the same time', async () => {
      const { stores } = opened;
      const generation = await insert({ status: 'RUNNING' });
      const ends: GenerationStatus[] = ['COMPLETED', 'CANCELLED', 'FAILED', 'INTERRUPTED'];
      const results = await Promise.all(
        ends.map((status) => stores.generations.transition(generation.id, ['QUEUED', 'RUNNING'], { status })),
      );
      const won = results.filter((result) => result !== null);
      expect(won).toHaveLength(1);
      expect(await stores.generations.findAnyOwner(generation.id)).toEqual(won[0]);
    });
  });
}
