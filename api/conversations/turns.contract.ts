import { at, newConversation, newId, type OpenStores } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { Conversation } from './conversation.ts';
import type { Turn } from './turn.ts';

const newTurn = (given: Partial<Turn> = {}): Turn => ({
  id: newId(),
  generationId: newId(),
  leafId: null,
  questionId: newId(),
  answerId: newId(),
  isNew: false,
  startedAt: at(0),
  ...given,
});

export function describeTurns(open: OpenStores): void {
  describe('the turns of a conversation store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<Conversation> = {}, turn?: Turn) => {
      const conversation = newConversation(given);
      await stores.conversations.insert(conversation, turn);
      return conversation;
    };
    const begin = ({ ownerId, id }: Conversation, turn: Turn, isExclusive: boolean) =>
      stores.conversations.beginTurn(ownerId, id, turn, isExclusive);
    const turnsOf = ({ ownerId, id }: Conversation) => stores.conversations.turnsOf(ownerId, id);

    it('are stored with the conversation but are no part of it', async () => {
      const [turn, first] = [newTurn(), newTurn({ isNew: true, questionId: null })];
      const conversation = await insert({}, first);
      expect(await begin(conversation, turn, false)).toBe(true);
      expect(await turnsOf(conversation)).toEqual([first, turn]);
      expect(await stores.conversations.find(conversation.ownerId, conversation.id)).toEqual(conversation);
      expect(await turnsOf(await insert())).toEqual([]);
    });

    it('begin one at a time after the same leaf', async () => {
      const conversation = await insert();
      const turns = Array.from({ length: 20 }, () => newTurn());
      const begun = await Promise.all(turns.map((turn) => begin(conversation, turn, true)));
      expect(begun.filter((isBegun) => isBegun)).toHaveLength(1);
      const [winner] = turns.filter((_, index) => begun[index]);
      expect(await turnsOf(conversation)).toEqual([winner]);
      // A retry of the same request, and a turn on a new branch, aren't blocked.
      expect(await begin(conversation, newTurn({ generationId: winner?.generationId ?? '' }), true)).toBe(
        true,
      );
      expect(await begin(conversation, newTurn(), false)).toBe(true);
    });

    it('begin only after the current leaf if they are exclusive', async () => {
      const conversation = await insert({ leafId: newId() });
      expect(await begin(conversation, newTurn(), true)).toBe(false);
      expect(await begin(conversation, newTurn({ leafId: newId() }), true)).toBe(false);
      expect(await begin(conversation, newTurn({ leafId: conversation.leafId }), true)).toBe(true);
    });

    it('move the leaf once, when they end', async () => {
      const turn = newTurn();
      const conversation = await insert();
      const { ownerId, id } = conversation;
      await begin(conversation, turn, true);
      const end = { leafId: turn.answerId, updatedAt: at(99) };
      const ended = await stores.conversations.endTurn(ownerId, id, turn.id, end);
      expect(ended).toEqual({ ...conversation, ...end });
      expect(await turnsOf(conversation)).toEqual([]);
      await stores.conversations.update(ownerId, id, { leafId: newId() });
      expect(await stores.conversations.endTurn(ownerId, id, turn.id, end)).toBeNull();
      expect((await stores.conversations.find(ownerId, id))?.leafId).not.toBe(turn.answerId);
    });

    it('leave a leaf that has moved since unchanged, if `from` is set', async () => {
      const conversation = await insert();
      const { ownerId, id } = conversation;
      const [stays, moves] = [newTurn(), newTurn()];
      await begin(conversation, stays, false);
      await begin(conversation, moves, false);
      const leafId = newId();
      await stores.conversations.update(ownerId, id, { leafId });
      const left = { leafId: stays.answerId, from: null };
      expect((await stores.conversations.endTurn(ownerId, id, stays.id, left))?.leafId).toBe(leafId);
      const moved = { leafId: moves.answerId, from: leafId };
      expect((await stores.conversations.endTurn(ownerId, id, moves.id, moved))?.leafId).toBe(moves.answerId);
      expect(await turnsOf(conversation)).toEqual([]);
    });

    it('are found by their start, for all users', async () => {
      const [old, young] = [newTurn({ startedAt: at(-5) }), newTurn({ startedAt: at(5) })];
      const one = await insert({}, old);
      await begin(one, young, false);
      const other = await insert({}, newTurn({ startedAt: at(6) }));
      const found = await stores.conversations.openTurnsAnyOwner(at(-4));
      expect(found).toEqual([{ ownerId: one.ownerId, conversationId: one.id, turn: old }]);
      await stores.conversations.endTurn(one.ownerId, one.id, old.id, null);
      expect(await stores.conversations.openTurnsAnyOwner(at(-4))).toEqual([]);
      expect((await stores.conversations.find(one.ownerId, one.id))?.leafId).toBeNull();
      expect(await turnsOf(other)).toHaveLength(1);
    });

    it('are visible only to their owner', async () => {
      const turn = newTurn();
      const conversation = await insert({}, turn);
      const foreign = { ...conversation, ownerId: newId() };
      expect(await begin(foreign, newTurn(), false)).toBe(false);
      expect(await turnsOf(foreign)).toEqual([]);
      expect(await stores.conversations.endTurn(foreign.ownerId, foreign.id, turn.id, null)).toBeNull();
      expect(await turnsOf(conversation)).toEqual([turn]);
    });
  });
}
