import { setImmediate as nextIteration } from 'node:timers/promises';
import {
  type Columns,
  date,
  dateOrNull,
  encodeDate,
  encodeJson,
  integer,
  json,
  jsonOrNull,
  type Row,
  text,
} from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { timedPage } from '../../sqlite/page.ts';
import {
  type Batch,
  type BatchItem,
  type BatchItemStatus,
  type BatchOutcome,
  type BatchStatus,
  itemIdOf,
} from '../batch.ts';
import { inFairOrder, type OrderedBatch } from './order.ts';
import type { BatchStore } from './store.ts';

const isOpen = "status IN ('PREPARING', 'RUNNING')";
/** Rows that one statement deletes. */
const portion = 500;

/** Stale batches that are read at once. */
const maxStale = 1000;

const isUnfinished = "status IN ('PENDING', 'RUNNING')";

export const sqliteBatchStore = (database: Database): BatchStore => {
  const count = (table: string, where: string, params: Columns): number =>
    integer(database.get(`SELECT count(*) AS rows FROM ${table} WHERE ${where}`, params) ?? {}, 'rows');
  const findAnyOwner = (id: string): Batch | null => {
    const row = database.get('SELECT * FROM batches WHERE id = :id', { id });
    return row && batchOf(row);
  };
  const runningAt = (now: number): readonly OrderedBatch[] =>
    database
      .all(
        `SELECT id, owner_id, served_at, created_at FROM batches
          WHERE status = 'RUNNING' AND ended_at IS NULL AND (resumes_at IS NULL OR resumes_at <= :now)`,
        { now },
      )
      .map((row) => ({
        id: text(row, 'id'),
        ownerId: text(row, 'owner_id'),
        servedAt: date(row, 'served_at'),
        createdAt: date(row, 'created_at'),
      }));

  /** In portions, so that a batch of 10,000 inputs doesn't block the event loop. */
  const deleteItems = async (batchId: string): Promise<void> => {
    const sql = `DELETE FROM batch_items
      WHERE id IN (SELECT id FROM batch_items WHERE batch_id = :batchId LIMIT ${portion})`;
    while (database.run(sql, { batchId }) === portion) await nextIteration();
  };

  return {
    async insert(batch, { open, kept }) {
      return database.transaction(() => {
        const { id, ownerId } = batch;
        if (count('batches', 'id = :id', { id }) > 0) return 'DUPLICATE';
        if (count('batches', `owner_id = :ownerId AND ${isOpen}`, { ownerId }) >= open) {
          return 'TOO_MANY_OPEN';
        }
        if (count('batches', 'owner_id = :ownerId', { ownerId }) >= kept) return 'FULL';
        database.insert('batches', columnsOf(batch));
        return 'INSERTED';
      });
    },
    async addInputs({ id: batchId, ownerId, createdAt }, from, inputs) {
      database.transaction(() => {
        if (count('batches', 'id = :id', { id: batchId }) === 0) return;
        for (const [index, { key, json: input }] of inputs.entries()) {
          const number = from + index;
          const item: Columns = {
            id: itemIdOf(batchId, number),
            batch_id: batchId,
            owner_id: ownerId,
            number,
            key,
            input,
            status: 'PENDING',
            attempt: 0,
            failures: 0,
            crashes: 0,
            due_at: 0,
            created_at: createdAt.getTime(),
          };
          database.insert('batch_items', item, 'ON CONFLICT DO NOTHING');
        }
      });
    },
    async begin(id) {
      const sql = "UPDATE batches SET status = 'RUNNING' WHERE id = :id AND status = 'PREPARING'";
      return database.run(sql, { id }) > 0 ? findAnyOwner(id) : null;
    },

    async find(ownerId, id) {
      const row = database.get('SELECT * FROM batches WHERE id = :id AND owner_id = :ownerId', {
        id,
        ownerId,
      });
      return row && batchOf(row);
    },
    findAnyOwner: async (id) => findAnyOwner(id),
    async findMany(ownerId, ids) {
      const sql = `SELECT * FROM batches
        WHERE id IN (SELECT value FROM json_each(:ids)) AND owner_id = :ownerId`;
      const rows = database.all(sql, { ids: JSON.stringify(ids), ownerId }).map(batchOf);
      const byId = new Map(rows.map((batch) => [batch.id, batch]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async page(ownerId, page) {
      const query = { table: 'batches', where: 'owner_id = :ownerId', params: { ownerId } };
      return timedPage(database, { ...query, order: 'descending', read: batchOf }, page);
    },
    async openOfOwner(ownerId) {
      const sql = `SELECT * FROM batches WHERE owner_id = :ownerId AND ${isOpen} ORDER BY created_at, id`;
      return database.all(sql, { ownerId }).map(batchOf);
    },
    async items(ownerId, batchId, statuses, page) {
      const where =
        statuses === null
          ? 'batch_id = :batchId AND owner_id = :ownerId'
          : 'batch_id = :batchId AND owner_id = :ownerId AND status IN (SELECT value FROM json_each(:statuses))';
      const params = { batchId, ownerId, ...(statuses !== null && { statuses: JSON.stringify(statuses) }) };
      return timedPage(
        database,
        { table: 'batch_items', where, params, order: 'ascending', read: itemOf },
        page,
      );
    },
    async findItems(ownerId, ids) {
      const sql = `SELECT * FROM batch_items
        WHERE id IN (SELECT value FROM json_each(:ids)) AND owner_id = :ownerId`;
      const rows = database.all(sql, { ids: JSON.stringify(ids), ownerId }).map(itemOf);
      const byId = new Map(rows.map((item) => [item.id, item]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async startedItems(batchId) {
      const sql = `SELECT id, owner_id, attempt FROM batch_items
        WHERE batch_id = :batchId AND due_at IS NOT NULL AND status IN ('RUNNING', 'CANCELLED')`;
      return database.all(sql, { batchId }).map((row) => ({
        id: text(row, 'id'),
        ownerId: text(row, 'owner_id'),
        attempt: integer(row, 'attempt'),
      }));
    },

    async claim(now, until) {
      const at = now.getTime();
      return database.transaction(() => {
        for (const batch of inFairOrder(runningAt(at))) {
          const { id: batchId } = batch;
          const due = database.get(
            `SELECT id FROM batch_items WHERE batch_id = :batchId AND due_at IS NOT NULL AND due_at <= :at
              ORDER BY due_at, number LIMIT 1`,
            { batchId, at },
          );
          if (!due) continue;
          const id = text(due, 'id');
          database.run(
            `UPDATE batch_items SET crashes = crashes + (status = 'RUNNING'), status = 'RUNNING',
              attempt = attempt + 1, due_at = :until WHERE id = :id`,
            { id, until: until.getTime() },
          );
          database.run(
            'UPDATE batches SET served_at = :at, resumes_at = NULL, error = NULL WHERE id = :batchId',
            { batchId, at },
          );
          const row = database.get('SELECT * FROM batch_items WHERE id = :id', { id });
          const claimed = findAnyOwner(batchId);
          return row && claimed && { batch: claimed, item: itemOf(row) };
        }
        return null;
      });
    },
    async renew({ id, batchId, attempt }, until) {
      const sql = `UPDATE batch_items SET due_at = :until
        WHERE id = :id AND attempt = :attempt AND status = 'RUNNING'
          AND EXISTS (SELECT 1 FROM batches WHERE id = :batchId AND status = 'RUNNING')`;
      return database.run(sql, { id, batchId, attempt, until: until.getTime() }) > 0;
    },
    async release({ id, attempt }, dueAt, failures) {
      const sql = `UPDATE batch_items SET status = 'PENDING', due_at = :dueAt, failures = failures + :failures
        WHERE id = :id AND attempt = :attempt AND status = 'RUNNING'`;
      database.run(sql, { id, attempt, failures, dueAt: dueAt.getTime() });
    },
    async finish({ id, batchId, attempt }, outcome, finishedAt) {
      return database.transaction(() => {
        const changed = database.run(
          `UPDATE batch_items SET status = :status, output = :output, due_at = NULL, finished_at = :finishedAt
            WHERE id = :id AND attempt = :attempt AND status = 'RUNNING'
              AND EXISTS (SELECT 1 FROM batches WHERE id = :batchId AND status = 'RUNNING')`,
          {
            id,
            batchId,
            attempt,
            status: outcome.error ? 'FAILED' : 'COMPLETED',
            output: JSON.stringify(outcome),
            finishedAt: finishedAt.getTime(),
          },
        );
        if (changed === 0) return false;
        database.run(
          `UPDATE batches SET completed = completed + :completed, failed = failed + :failed,
            prompt_tokens = prompt_tokens + :promptTokens, completion_tokens = completion_tokens + :completionTokens
            WHERE id = :batchId`,
          {
            batchId,
            completed: outcome.error ? 0 : 1,
            failed: outcome.error ? 1 : 0,
            promptTokens: outcome.promptTokens,
            completionTokens: outcome.completionTokens,
          },
        );
        return true;
      });
    },
    async releaseAnyOwner() {
      database.run(
        `UPDATE batch_items SET due_at = 0
          WHERE status = 'RUNNING' AND batch_id IN (SELECT id FROM batches WHERE status = 'RUNNING')`,
      );
    },

    async complete(id, endedAt) {
      return database.transaction(() => {
        const changed = database.run(
          `UPDATE batches SET status = 'COMPLETED', ended_at = :endedAt, error = NULL, resumes_at = NULL
            WHERE id = :id AND status = 'RUNNING'
              AND NOT EXISTS (SELECT 1 FROM batch_items WHERE batch_id = :id AND ${isUnfinished})`,
          { id, endedAt: endedAt.getTime() },
        );
        return changed > 0 ? findAnyOwner(id) : null;
      });
    },
    async end(id, { status, error, endedAt }) {
      return database.transaction(() => {
        const changed = database.run(
          `UPDATE batches SET status = :status, error = :error, ended_at = :endedAt, resumes_at = NULL
            WHERE id = :id AND ${isOpen}`,
          { id, status, error: encodeJson(error) ?? null, endedAt: endedAt.getTime() },
        );
        if (changed === 0) return null;
        database.run(
          `UPDATE batch_items SET status = 'CANCELLED', due_at = CASE status WHEN 'RUNNING' THEN due_at END
            WHERE batch_id = :id AND ${isUnfinished}`,
          { id },
        );
        return findAnyOwner(id);
      });
    },
    async pause(id, resumesAt, error) {
      database.run(
        "UPDATE batches SET resumes_at = :resumesAt, error = :error WHERE id = :id AND status = 'RUNNING'",
        { id, resumesAt: resumesAt.getTime(), error: JSON.stringify(error) },
      );
    },

    async overdueAnyOwner(now) {
      const sql = `SELECT * FROM batches WHERE status = 'RUNNING' AND ended_at IS NULL AND (expires_at <= :now
        OR NOT EXISTS (SELECT 1 FROM batch_items WHERE batch_id = batches.id AND ${isUnfinished}))`;
      return database.all(sql, { now: now.getTime() }).map(batchOf);
    },
    async staleAnyOwner(endedBefore, createdBefore, afterId) {
      // The plus signs keep SQLite from reading all batches in the order of their ids.
      const stale = (where: string, before: Date) =>
        database.all(
          `SELECT id, owner_id FROM batches WHERE ${where} < :before AND +id > :afterId ORDER BY +id LIMIT ${maxStale}`,
          { before: before.getTime(), afterId: afterId ?? '' },
        );
      const rows = [
        ...stale('ended_at IS NOT NULL AND ended_at', endedBefore),
        ...stale("status = 'PREPARING' AND ended_at IS NULL AND created_at", createdBefore),
      ];
      return rows
        .map((row) => ({ id: text(row, 'id'), ownerId: text(row, 'owner_id') }))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, maxStale);
    },
    async countsAnyOwner() {
      const row =
        database.get(
          `SELECT count(*) AS batches, coalesce(sum(total - completed - failed), 0) AS inputs FROM batches
            WHERE status = 'RUNNING' AND ended_at IS NULL`,
        ) ?? {};
      return { batches: integer(row, 'batches'), inputs: integer(row, 'inputs') };
    },
    // The foreign key of inputs allows none.
    deleteOrphansAnyOwner: async () => {},
    async delete(ownerId, id) {
      const row = database.get('SELECT id FROM batches WHERE id = :id AND owner_id = :ownerId', {
        id,
        ownerId,
      });
      if (!row) return false;
      await deleteItems(id);
      return database.run('DELETE FROM batches WHERE id = :id', { id }) > 0;
    },
    async deleteOfOwner(ownerId) {
      const rows = database.all('SELECT id FROM batches WHERE owner_id = :ownerId', { ownerId });
      for (const row of rows) {
        const id = text(row, 'id');
        await deleteItems(id);
        database.run('DELETE FROM batches WHERE id = :id', { id });
      }
    },
  };
};

type Content = Pick<Batch, 'apiKeyId' | 'fingerprint' | 'work' | 'model' | 'estimatedTokens'>;

const columnsOf = (batch: Batch): Columns => {
  const { apiKeyId, fingerprint, work, model, estimatedTokens } = batch;
  const content: Content = { apiKeyId, fingerprint, work, model, estimatedTokens };
  return {
    id: batch.id,
    owner_id: batch.ownerId,
    status: batch.status,
    content: JSON.stringify(content),
    total: batch.total,
    completed: batch.completed,
    failed: batch.failed,
    prompt_tokens: batch.promptTokens,
    completion_tokens: batch.completionTokens,
    error: encodeJson(batch.error) ?? null,
    resumes_at: encodeDate(batch.resumesAt) ?? null,
    served_at: batch.servedAt.getTime(),
    created_at: batch.createdAt.getTime(),
    expires_at: batch.expiresAt.getTime(),
    ended_at: encodeDate(batch.endedAt) ?? null,
  };
};

const batchOf = (row: Row): Batch => ({
  ...json<Content>(row, 'content'),
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  status: text(row, 'status') as BatchStatus,
  total: integer(row, 'total'),
  completed: integer(row, 'completed'),
  failed: integer(row, 'failed'),
  promptTokens: integer(row, 'prompt_tokens'),
  completionTokens: integer(row, 'completion_tokens'),
  error: jsonOrNull<NonNullable<Batch['error']>>(row, 'error'),
  resumesAt: dateOrNull(row, 'resumes_at'),
  servedAt: date(row, 'served_at'),
  createdAt: date(row, 'created_at'),
  expiresAt: date(row, 'expires_at'),
  endedAt: dateOrNull(row, 'ended_at'),
});

const withoutOutcome: BatchOutcome = {
  result: null,
  text: '',
  error: null,
  model: null,
  promptTokens: 0,
  completionTokens: 0,
};

const itemOf = (row: Row): BatchItem => ({
  ...withoutOutcome,
  ...jsonOrNull<BatchOutcome>(row, 'output'),
  id: text(row, 'id'),
  batchId: text(row, 'batch_id'),
  ownerId: text(row, 'owner_id'),
  number: integer(row, 'number'),
  key: text(row, 'key'),
  input: json<unknown>(row, 'input'),
  status: text(row, 'status') as BatchItemStatus,
  attempt: integer(row, 'attempt'),
  failures: integer(row, 'failures'),
  crashes: integer(row, 'crashes'),
  createdAt: date(row, 'created_at'),
  finishedAt: dateOrNull(row, 'finished_at'),
});
