import { integer, integerOrNull, type Row, text } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import type { QuotaOverride } from '../quota.ts';
import { type UsageEntry, type UsageKey, type UsageSum, usageIdOf } from '../usage.ts';
import type { UsageStore } from './store.ts';

export const sqliteUsageStore = (database: Database): UsageStore => ({
  async add(entry) {
    const { ownerId, day, model, generations, cached, promptTokens, completionTokens } = entry;
    database.run(
      `INSERT INTO usage (id, owner_id, day, model, generations, cached, prompt_tokens, completion_tokens)
      VALUES (:id, :ownerId, :day, :model, :generations, :cached, :promptTokens, :completionTokens)
      ON CONFLICT (id) DO UPDATE SET
        generations = generations + excluded.generations,
        cached = cached + excluded.cached,
        prompt_tokens = prompt_tokens + excluded.prompt_tokens,
        completion_tokens = completion_tokens + excluded.completion_tokens`,
      {
        id: usageIdOf(entry),
        ownerId,
        day,
        model,
        generations,
        cached,
        promptTokens,
        completionTokens,
      },
    );
  },
  async ofOwner(ownerId, fromDay, toDay) {
    const rows = database.all(
      'SELECT * FROM usage WHERE owner_id = :ownerId AND day BETWEEN :fromDay AND :toDay ORDER BY day, model',
      { ownerId, fromDay, toDay },
    );
    return rows.map(entryOf);
  },
  async ofOwners(ownerIds, fromDay, toDay) {
    const rows = database.all(
      `SELECT * FROM usage
      WHERE owner_id IN (SELECT value FROM json_each(:ids)) AND day BETWEEN :fromDay AND :toDay`,
      { ids: JSON.stringify(ownerIds), fromDay, toDay },
    );
    return rows.map(entryOf);
  },
  async sumsAnyOwner(by, fromDay, toDay) {
    const column = columns[by];
    const rows = database.all(
      `SELECT ${column} AS key, sum(generations) AS generations, sum(cached) AS cached,
        sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens
      FROM usage WHERE day BETWEEN :fromDay AND :toDay GROUP BY ${column}`,
      { fromDay, toDay },
    );
    return rows.map((row) => ({ key: text(row, 'key'), sum: sumOf(row) }));
  },
  async lastDaysOf(ownerIds) {
    const rows = database.all(
      `SELECT owner_id, max(day) AS day FROM usage
      WHERE owner_id IN (SELECT value FROM json_each(:ids)) GROUP BY owner_id`,
      { ids: JSON.stringify(ownerIds) },
    );
    const byId = new Map(rows.map((row) => [text(row, 'owner_id'), text(row, 'day')]));
    return ownerIds.map((id) => byId.get(id) ?? null);
  },
  async quotasOf(ownerIds) {
    const sql = 'SELECT * FROM quotas WHERE id IN (SELECT value FROM json_each(:ids))';
    const rows = database.all(sql, { ids: JSON.stringify(ownerIds) });
    const byId = new Map(rows.map((row) => [text(row, 'id'), quotaOf(row)]));
    return ownerIds.map((id) => byId.get(id) ?? null);
  },
  async setQuota(ownerId, { day, month }) {
    database.run(
      `INSERT INTO quotas (id, day, month) VALUES (:ownerId, :day, :month)
      ON CONFLICT (id) DO UPDATE SET day = excluded.day, month = excluded.month`,
      { ownerId, day, month },
    );
  },
  async deleteOfOwner(ownerId) {
    database.run('DELETE FROM usage WHERE owner_id = :ownerId', { ownerId });
    database.run('DELETE FROM quotas WHERE id = :ownerId', { ownerId });
  },
});

const quotaOf = (row: Row): QuotaOverride => ({
  day: integerOrNull(row, 'day'),
  month: integerOrNull(row, 'month'),
});

const columns: Readonly<Record<UsageKey, string>> = { ownerId: 'owner_id', day: 'day', model: 'model' };

const sumOf = (row: Row): UsageSum => ({
  generations: integer(row, 'generations'),
  cached: integer(row, 'cached'),
  promptTokens: integer(row, 'prompt_tokens'),
  completionTokens: integer(row, 'completion_tokens'),
});

const entryOf = (row: Row): UsageEntry => ({
  ownerId: text(row, 'owner_id'),
  day: text(row, 'day'),
  model: text(row, 'model'),
  ...sumOf(row),
});
