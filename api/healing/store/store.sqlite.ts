import { type Columns, date, encodeJson, integer, json, type Row, text } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { HealingAgent } from '../agent.ts';
import type { Healing, HealingRound, HealingStatus } from '../healing.ts';
import type { HealingStore } from './store.ts';

const isOpen = "status NOT IN ('HEALED', 'CLOSED')";

/** The healings whose status needs a person by now. */
const isStale = `(status = 'DIAGNOSING' AND updated_at < :diagnosing OR status = 'ACTING' AND updated_at < :acting)`;

export const sqliteHealingStore = (database: Database): HealingStore => {
  const count = (table: string, where: string, params: Columns): number =>
    integer(database.get(`SELECT count(*) AS rows FROM ${table} WHERE ${where}`, params) ?? {}, 'rows');
  return {
    async insertAgent(agent, max) {
      return database.transaction(() => {
        const { ownerId, agentId } = agent;
        const own = 'owner_id = :ownerId';
        if (count('healing_agents', `${own} AND agent_id = :agentId`, { ownerId, agentId }) > 0) {
          return 'DUPLICATE';
        }
        if (count('healing_agents', own, { ownerId }) >= max) return 'FULL';
        database.insert('healing_agents', agentColumnsOf(agent));
        return 'INSERTED';
      });
    },
    async findAgent(ownerId, id) {
      const sql = 'SELECT * FROM healing_agents WHERE id = :id AND owner_id = :ownerId';
      const row = database.get(sql, { id, ownerId });
      return row && agentOf(row);
    },
    async findAgentAnyOwner(id) {
      const row = database.get('SELECT * FROM healing_agents WHERE id = :id', { id });
      return row && agentOf(row);
    },
    async pageOfAgents(ownerId, page) {
      const query = { table: 'healing_agents', where: 'owner_id = :ownerId', params: { ownerId } };
      return timedPage(database, { ...query, order: 'descending', read: agentOf }, page);
    },
    async deleteAgent(ownerId, id) {
      const sql = 'DELETE FROM healing_agents WHERE id = :id AND owner_id = :ownerId';
      return database.run(sql, { id, ownerId }) > 0;
    },
    async agentsOfOwner(ownerId) {
      const sql = 'SELECT * FROM healing_agents WHERE owner_id = :ownerId ORDER BY created_at, id';
      return database.all(sql, { ownerId }).map(agentOf);
    },

    async insert(healing, { open, kept }) {
      return database.transaction(() => {
        const { ownerId, reporterId, eventId } = healing;
        const sameEvent = 'reporter_id = :reporterId AND event_id = :eventId';
        if (count('healings', sameEvent, { reporterId, eventId }) > 0) return 'DUPLICATE';
        if (count('healings', `owner_id = :ownerId AND ${isOpen}`, { ownerId }) >= open) return 'FULL';
        database.insert('healings', columnsOf(healing));
        database.run(
          `DELETE FROM healings WHERE owner_id = :ownerId AND NOT (${isOpen}) AND id IN (
            SELECT id FROM healings WHERE owner_id = :ownerId
              ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET :kept)`,
          { ownerId, kept },
        );
        return 'INSERTED';
      });
    },
    async find(ownerId, id) {
      const sql = 'SELECT * FROM healings WHERE id = :id AND owner_id = :ownerId';
      const row = database.get(sql, { id, ownerId });
      return row && healingOf(row);
    },
    async findByEvent(reporterId, eventId) {
      const sql = 'SELECT * FROM healings WHERE reporter_id = :reporterId AND event_id = :eventId';
      const row = database.get(sql, { reporterId, eventId });
      return row && healingOf(row);
    },
    async latestOf(ownerId, agentIds) {
      const sql = `SELECT * FROM healings WHERE owner_id = :ownerId AND agent_id = :agentId
        ORDER BY created_at DESC, id DESC LIMIT 1`;
      return agentIds.map((agentId) => {
        const row = database.get(sql, { ownerId, agentId });
        return row && healingOf(row);
      });
    },
    async page(ownerId, status, { diagnosing, acting }, page) {
      const all = { ownerId };
      const some = { ...all, status, diagnosing: diagnosing.getTime(), acting: acting.getTime() };
      const asked =
        status === 'NEEDS_PERSON'
          ? `(status = :status OR ${isStale})`
          : `(status = :status AND NOT ${isStale})`;
      const where = status === null ? 'owner_id = :ownerId' : `owner_id = :ownerId AND ${asked}`;
      const params = status === null ? all : some;
      const query = { table: 'healings', where, params, order: 'descending', read: healingOf } as const;
      return timedPage(database, query, page);
    },
    async replace(healing) {
      const { id, status, revision, content, updated_at } = columnsOf(healing);
      const sql = `UPDATE healings SET status = :status, revision = :revision, content = :content,
        updated_at = :updatedAt WHERE id = :id AND revision = :before`;
      const params = { id, status, revision, content, updatedAt: updated_at, before: healing.revision - 1 };
      return database.run(sql, params as Columns) > 0;
    },
    async ofOwner(ownerId) {
      const sql = 'SELECT * FROM healings WHERE owner_id = :ownerId ORDER BY created_at, id';
      return database.all(sql, { ownerId }).map(healingOf);
    },
    async deleteOfOwner(ownerId) {
      database.transaction(() => {
        for (const table of ['healings', 'healing_agents']) {
          database.run(`DELETE FROM ${table} WHERE owner_id = :ownerId`, { ownerId });
        }
      });
    },
  };
};

const agentColumnsOf = ({ id, ownerId, agentId, createdAt, ...content }: HealingAgent): Columns => ({
  id,
  owner_id: ownerId,
  agent_id: agentId,
  created_at: createdAt.getTime(),
  content: encodeJson(content) ?? null,
});

const agentOf = (row: Row): HealingAgent => ({
  ...json<Pick<HealingAgent, 'actions' | 'maxRounds' | 'minConfidence'>>(row, 'content'),
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  agentId: text(row, 'agent_id'),
  createdAt: date(row, 'created_at'),
});

const columnsOf = (healing: Healing): Columns => {
  const { id, ownerId, reporterId, agentId, eventId, status, revision, createdAt, updatedAt, ...content } =
    healing;
  return {
    id,
    owner_id: ownerId,
    reporter_id: reporterId,
    agent_id: agentId,
    event_id: eventId,
    status,
    revision,
    created_at: createdAt.getTime(),
    updated_at: updatedAt.getTime(),
    content: encodeJson(content) ?? null,
  };
};

type Stored = Pick<
  Healing,
  'actions' | 'maxRounds' | 'minConfidence' | 'question' | 'pending' | 'note' | 'rounds'
>;

const healingOf = (row: Row): Healing => {
  const content = json<Stored>(row, 'content');
  return {
    ...content,
    rounds: content.rounds.map(roundOf),
    id: text(row, 'id'),
    ownerId: text(row, 'owner_id'),
    reporterId: text(row, 'reporter_id'),
    agentId: text(row, 'agent_id'),
    eventId: text(row, 'event_id'),
    status: text(row, 'status') as HealingStatus,
    revision: integer(row, 'revision'),
    createdAt: date(row, 'created_at'),
    updatedAt: date(row, 'updated_at'),
  };
};

/** In JSON, dates are texts. */
const roundOf = (round: HealingRound): HealingRound => ({
  ...round,
  at: new Date(round.at),
  result: round.result && { ...round.result, at: new Date(round.result.at) },
});
