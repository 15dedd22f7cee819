import { createFairScheduler } from '../../process/fairScheduler.ts';
import { date, integer, text } from '../../sqlite/columns.ts';
import { assignments, type Database } from '../../sqlite/database.ts';
import { findOwned } from '../../sqlite/findOwned.ts';
import type { ConversationPatch } from '../conversation.ts';
import type { Turn } from '../turn.ts';
import { conversationPage } from './page.sqlite.ts';
import { columnsOf, conversationOf, temporaryOfOwner, turnsColumn, turnsOf } from './rows.sqlite.ts';
import type { ConversationStore } from './store.ts';
import { sqliteTitleStore } from './titles.sqlite.ts';

export function sqliteConversationStore(database: Database): ConversationStore {
  const findMany = (ownerId: string, ids: readonly string[]) =>
    findOwned(database, 'conversations', ownerId, ids, conversationOf);
  const find = (ownerId: string, id: string) => findMany(ownerId, [id])[0] ?? null;

  /** Returns the fields with a `folderId` that exists, or null. Nothing else runs between this and the write. */
  const inOwnFolder = <Fields extends ConversationPatch>(ownerId: string, fields: Fields): Fields => {
    const { folderId } = fields;
    if (folderId === undefined || folderId === null) return fields;
    const sql = 'SELECT 1 FROM folders WHERE id = :folderId AND owner_id = :ownerId';
    return database.get(sql, { folderId, ownerId }) ? fields : { ...fields, folderId: null };
  };

  const update = (ownerId: string, id: string, patch: ConversationPatch) => {
    const changes = {
      ...columnsOf(inOwnFolder(ownerId, patch)),
      // A title that a person gives ends the queueing of the model's.
      ...(patch.autoTitled === false && { title_due_at: null }),
    };
    if (Object.keys(changes).length === 0) return find(ownerId, id);
    const row = database.get(
      `UPDATE conversations SET ${assignments(changes)} WHERE id = :id AND owner_id = :ownerId RETURNING *`,
      { ...changes, id, ownerId },
    );
    return row && conversationOf(row);
  };

  const openTurns = (ownerId: string, id: string): readonly Turn[] => {
    const sql = 'SELECT turns FROM conversations WHERE id = :id AND owner_id = :ownerId';
    const row = database.get(sql, { id, ownerId });
    return row === null ? [] : turnsOf(row);
  };
  const setTurns = (ownerId: string, id: string, turns: readonly Turn[]): boolean => {
    const sql = 'UPDATE conversations SET turns = :turns WHERE id = :id AND owner_id = :ownerId';
    return database.run(sql, { ...turnsColumn(turns), id, ownerId }) > 0;
  };

  const deletions = createFairScheduler();

  /** Runs a deletion, which takes time for each message, in an iteration of the event loop of its own. */
  const inTurn = async <Result>(ownerId: string, work: () => Result): Promise<Result> => {
    const endTurn = await deletions.acquire(ownerId);
    try {
      return work();
    } finally {
      endTurn();
    }
  };

  const deleteRow = (ownerId: string, id: string): boolean => {
    const sql = 'DELETE FROM conversations WHERE id = :id AND owner_id = :ownerId';
    return database.run(sql, { id, ownerId }) > 0;
  };

  return {
    ...sqliteTitleStore(database),
    async insert(conversation, turn) {
      const filed = inOwnFolder(conversation.ownerId, conversation);
      const columns = { ...columnsOf(filed), ...(turn && turnsColumn([turn])) };
      database.insert('conversations', columns, 'ON CONFLICT (id) DO NOTHING');
    },
    async find(ownerId, id) {
      return find(ownerId, id);
    },
    async findMany(ownerId, ids) {
      return findMany(ownerId, ids);
    },
    async page(ownerId, page, filter) {
      return conversationPage(database, ownerId, page, filter);
    },
    async tagsOf(ownerId, limit) {
      const rows = database.all(
        `SELECT tag, count(*) AS conversations FROM conversation_tags WHERE owner_id = :ownerId
          AND id NOT IN (${temporaryOfOwner}) GROUP BY tag ORDER BY conversations DESC, tag LIMIT :limit`,
        { ownerId, limit },
      );
      return rows.map((row) => ({ name: text(row, 'tag'), conversations: integer(row, 'conversations') }));
    },
    async update(ownerId, id, patch) {
      return update(ownerId, id, patch);
    },
    async beginTurn(ownerId, id, turn, isExclusive) {
      return database.transaction(() => {
        const conversation = find(ownerId, id);
        if (conversation === null) return false;
        const turns = openTurns(ownerId, id);
        const isFree = turns.every(({ generationId }) => generationId === turn.generationId);
        if (isExclusive && !(isFree && conversation.leafId === turn.leafId)) return false;
        return setTurns(ownerId, id, [...turns, turn]);
      });
    },
    async endTurn(ownerId, id, turnId, end) {
      return database.transaction(() => {
        const turns = openTurns(ownerId, id);
        const left = turns.filter((turn) => turn.id !== turnId);
        if (left.length === turns.length) return null;
        setTurns(ownerId, id, left);
        const conversation = find(ownerId, id);
        if (end === null) return conversation;
        const { from, ...patch } = end;
        return from === undefined || from === conversation?.leafId
          ? update(ownerId, id, patch)
          : conversation;
      });
    },
    async turnsOf(ownerId, id) {
      return openTurns(ownerId, id);
    },
    async openTurnsAnyOwner(before) {
      const rows = database.all(
        `SELECT id, owner_id, turns FROM conversations WHERE turns <> '[]' LIMIT 100`,
      );
      return rows.flatMap((row) =>
        turnsOf(row)
          .filter(({ startedAt }) => startedAt < before)
          .map((turn) => ({ ownerId: text(row, 'owner_id'), conversationId: text(row, 'id'), turn })),
      );
    },
    async unchangedSince(ownerId, before, after, limit) {
      const later = after === null ? '' : 'AND (updated_at, id) > (:afterTime, :afterId)';
      const rows = database.all(
        `SELECT id, updated_at FROM conversations WHERE owner_id = :ownerId AND updated_at < :before ${later}
          ORDER BY updated_at, id LIMIT :limit`,
        {
          ownerId,
          before: before.getTime(),
          limit,
          ...(after && { afterTime: after.updatedAt.getTime(), afterId: after.id }),
        },
      );
      return rows.map((row) => ({ id: text(row, 'id'), updatedAt: date(row, 'updated_at') }));
    },
    async renew(ownerId, id, expiresAt) {
      const row = database.get(
        `UPDATE conversations SET expires_at = :expiresAt
          WHERE id = :id AND owner_id = :ownerId AND expires_at IS NOT NULL RETURNING *`,
        { id, ownerId, expiresAt: expiresAt.getTime() },
      );
      return row && conversationOf(row);
    },
    async expiredAnyOwner(now, after, limit) {
      const later = after === null ? '' : 'AND (expires_at, id) > (:afterTime, :afterId)';
      const rows = database.all(
        `SELECT id, owner_id, expires_at FROM conversations WHERE expires_at <= :now ${later}
          ORDER BY expires_at, id LIMIT :limit`,
        {
          now: now.getTime(),
          limit,
          ...(after && { afterTime: after.expiresAt.getTime(), afterId: after.id }),
        },
      );
      return rows.map((row) => ({
        id: text(row, 'id'),
        ownerId: text(row, 'owner_id'),
        expiresAt: date(row, 'expires_at'),
      }));
    },
    delete: (ownerId, id) => inTurn(ownerId, () => deleteRow(ownerId, id)),
    deleteUnlessHeld: (ownerId, id) =>
      inTurn(ownerId, () =>
        database.transaction(() => {
          const where = 'owner_id = :ownerId AND (conversation_id IS NULL OR conversation_id = :id)';
          if (database.get(`SELECT 1 FROM holds WHERE ${where}`, { id, ownerId })) return 'HELD';
          return deleteRow(ownerId, id) ? 'DELETED' : 'ABSENT';
        }),
      ),
  };
}
