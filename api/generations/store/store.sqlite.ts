import type { GenerationOptions } from '../../conversations/conversation.ts';
import type { EngineFormat } from '../../engine/engine.ts';
import { notFound } from '../../errors/failures.ts';
import {
  type Columns,
  date,
  dateOrNull,
  defined,
  encodeDate,
  encodeFlag,
  encodeJson,
  flag,
  integer,
  json,
  jsonOrNull,
  type Row,
  text,
  textOrNull,
} from '../../sqlite/columns.ts';
import { assignments, type Database } from '../../sqlite/database.ts';
import { findOwned } from '../../sqlite/findOwned.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { ToolUse } from '../../tools/toolCall.ts';
import type {
  FinishReason,
  Generation,
  GenerationStatus,
  GivenPrompt,
  TokenUsage,
  UnfinishedGeneration,
} from '../generation.ts';
import { activeGenerationOf, activePage, unfinished } from './activePage.sqlite.ts';
import type { GenerationStore } from './store.ts';
import { concernsCalls, toolUseAfter, toolUseOf } from './toolUseAfter.ts';
import { withWaitingCall } from './waitingCall.ts';

export function sqliteGenerationStore(database: Database): GenerationStore {
  const one = (where: string, params: Columns) => {
    const row = database.get(`SELECT * FROM generations WHERE ${where}`, params);
    return row && generationOf(row);
  };
  const find = (ownerId: string, id: string) => one('id = :id AND owner_id = :ownerId', { id, ownerId });
  const findByKey = (ownerId: string, key: string) =>
    one('owner_id = :ownerId AND idempotency_key = :key', { ownerId, key });

  const hasConversation = (ownerId: string, id: string) =>
    database.get('SELECT 1 FROM conversations WHERE id = :id AND owner_id = :ownerId', { id, ownerId }) !==
    null;

  return {
    async insert(generation) {
      const { ownerId, id, idempotencyKey, conversationId } = generation;
      return database.transaction(() => {
        const existing = (idempotencyKey !== null && findByKey(ownerId, idempotencyKey)) || find(ownerId, id);
        if (existing) return existing;
        if (conversationId !== null && !hasConversation(ownerId, conversationId))
          throw notFound('conversation');
        database.insert('generations', columnsOf(generation));
        return generation;
      });
    },
    async find(ownerId, id) {
      return find(ownerId, id);
    },
    async findMany(ownerId, ids) {
      return findOwned(database, 'generations', ownerId, ids, generationOf, columnsWithoutPrompt);
    },
    async findByIdempotencyKey(ownerId, key) {
      return findByKey(ownerId, key);
    },
    async unfinishedOfConversation(ownerId, conversationId) {
      const rows = database.all(
        `SELECT ${unfinishedColumns} FROM generations
        WHERE conversation_id = :conversationId AND owner_id = :ownerId AND ${unfinished} ORDER BY created_at, id`,
        { conversationId, ownerId },
      );
      return rows.map(unfinishedGenerationOf);
    },
    async unfinishedConversations(ownerId, conversationIds) {
      // Reads the few unfinished ones of everyone, not all that these conversations ever had.
      const rows = database.all(
        `SELECT DISTINCT conversation_id FROM generations INDEXED BY unfinished_generations
        WHERE ${unfinished} AND owner_id = :ownerId AND conversation_id IN (SELECT value FROM json_each(:ids))`,
        { ids: JSON.stringify(conversationIds), ownerId },
      );
      return new Set(rows.map((row) => String(row.conversation_id)));
    },
    async unfinishedOfOwner(ownerId) {
      const sql = `SELECT ${unfinishedColumns} FROM generations
        WHERE owner_id = :ownerId AND ${unfinished} ORDER BY created_at, id LIMIT 100`;
      return database.all(sql, { ownerId }).map(unfinishedGenerationOf);
    },
    async pageOfOwner(ownerId, page) {
      const list = {
        table: 'generations',
        where: 'owner_id = :ownerId',
        params: { ownerId },
        order: 'ascending',
        read: generationOf,
      } as const;
      return timedPage(database, list, page);
    },
    async remove(ownerId, id) {
      database.run('DELETE FROM generations WHERE id = :id AND owner_id = :ownerId', { id, ownerId });
    },
    async deleteOfOwner(ownerId) {
      database.run('DELETE FROM generations WHERE owner_id = :ownerId', { ownerId });
    },
    async findAnyOwner(id) {
      return one('id = :id', { id });
    },
    async activeAnyOwner(page) {
      return activePage(database, page);
    },
    async unfinishedPerOwner(max) {
      const sql = `SELECT owner_id, count(*) AS amount, sum(count(*)) OVER () AS total
        FROM generations WHERE ${unfinished} GROUP BY owner_id ORDER BY amount DESC, owner_id LIMIT :max`;
      const rows = database.all(sql, { max });
      return {
        largest: rows.map((row) => ({ ownerId: text(row, 'owner_id'), amount: integer(row, 'amount') })),
        total: rows[0] ? integer(rows[0], 'total') : 0,
      };
    },
    async unfinishedAnyOwner() {
      const sql = `SELECT ${unfinishedColumns} FROM generations WHERE ${unfinished} ORDER BY created_at, id`;
      return database.all(sql).map(unfinishedGenerationOf);
    },
    async transition(id, from, patch, attempt) {
      const isInFrom = `id = :id AND status IN (SELECT value FROM json_each(:from))
        AND (:ofAttempt IS NULL OR attempt = :ofAttempt)`;
      const params = { id, from: JSON.stringify(from), ofAttempt: attempt ?? null };
      const change = (changes: Columns) => {
        if (Object.keys(changes).length === 0) return one(isInFrom, params);
        const sql = `UPDATE generations SET ${assignments(changes)} WHERE ${isInFrom} RETURNING *`;
        const row = database.get(sql, { ...changes, ...params });
        return row && generationOf(row);
      };
      if (!concernsCalls(patch)) return change(columnsOf(patch));
      return database.transaction(() => {
        const row = database.get(`SELECT status, tool_use FROM generations WHERE ${isInFrom}`, params);
        if (!row) return null;
        const current = { status: text(row, 'status') as GenerationStatus, ...storedToolUse(row) };
        const toolUse = toolUseAfter(current, patch);
        return change(columnsOf({ ...patch, ...(toolUse && { toolUse }) }));
      });
    },
    async changeWaitingCall(ownerId, id, callId, patch, decidedAt) {
      return database.transaction(() => {
        const current = find(ownerId, id);
        const toolUse = current && withWaitingCall(current, callId, patch, decidedAt);
        if (!toolUse) return null;
        const row = database.get('UPDATE generations SET tool_use = :toolUse WHERE id = :id RETURNING *', {
          id,
          toolUse: encodeJson(toolUse) ?? null,
        });
        return row && generationOf(row);
      });
    },
    async usageOfConversation(ownerId, conversationId) {
      const row = database.get(
        `SELECT coalesce(sum(usage ->> 'promptTokens'), 0) AS prompt,
          coalesce(sum(usage ->> 'completionTokens'), 0) AS completion,
          coalesce(sum(usage ->> 'durationMs'), 0) AS duration
        FROM generations WHERE conversation_id = :conversationId AND owner_id = :ownerId`,
        { conversationId, ownerId },
      );
      return {
        promptTokens: integer(row ?? {}, 'prompt'),
        completionTokens: integer(row ?? {}, 'completion'),
        durationMs: integer(row ?? {}, 'duration'),
      };
    },
  };
}

const columnsOf = (generation: Partial<Generation>): Columns =>
  defined({
    id: generation.id,
    owner_id: generation.ownerId,
    conversation_id: generation.conversationId,
    message_id: generation.messageId,
    model: generation.model,
    system_prompt: generation.systemPrompt,
    prompt: encodeJson(generation.prompt),
    options: encodeJson(generation.options),
    format: encodeJson(generation.format),
    status: generation.status,
    attempt: generation.attempt,
    continued_attempts: encodeJson(generation.continuedAttempts),
    thinking: generation.thinking,
    finish_reason: generation.finishReason,
    tool_calls: encodeJson(generation.toolCalls),
    tool_use: encodeJson(generation.toolUse),
    logprobs: encodeJson(generation.logprobs),
    usage: encodeJson(generation.usage),
    error: encodeJson(generation.error),
    cached: encodeFlag(generation.cached),
    idempotency_key: generation.idempotencyKey,
    fingerprint: generation.fingerprint,
    created_at: encodeDate(generation.createdAt),
    queued_at: encodeDate(generation.queuedAt),
    started_at: encodeDate(generation.startedAt),
    finished_at: encodeDate(generation.finishedAt),
  });

const columnsWithoutPrompt = `id, owner_id, conversation_id, message_id, model, system_prompt, NULL AS prompt, options,
  format, status, attempt, continued_attempts, thinking, finish_reason, tool_calls, tool_use, logprobs, usage, error, cached,
  idempotency_key, fingerprint, created_at, queued_at, started_at, finished_at`;

const unfinishedColumns = `id, owner_id, status, attempt, queued_at, created_at,
  json_extract(prompt, '$.isBackground') IS TRUE AS is_background`;

const unfinishedGenerationOf = (row: Row): UnfinishedGeneration => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  status: text(row, 'status') as GenerationStatus,
  attempt: integer(row, 'attempt'),
  queuedAt: queuedAtOf(row),
  isBackground: integer(row, 'is_background') === 1,
});

const queuedAtOf = (row: Row): Date => dateOrNull(row, 'queued_at') ?? date(row, 'created_at');

const continuedOf = (row: Row): Pick<Generation, 'continuedAttempts'> => {
  const continuedAttempts = jsonOrNull<readonly number[]>(row, 'continued_attempts');
  return continuedAttempts === null ? {} : { continuedAttempts };
};

const storedToolUse = (row: Row): Pick<Generation, 'toolUse'> => {
  const toolUse = jsonOrNull<ToolUse>(row, 'tool_use');
  return toolUse === null ? {} : { toolUse };
};

const generationOf = (row: Row): Generation => {
  const { toolUse } = storedToolUse(row);
  const end = {
    status: text(row, 'status') as GenerationStatus,
    finishedAt: dateOrNull(row, 'finished_at'),
  };
  return {
    ...activeGenerationOf(row),
    ...continuedOf(row),
    ...end,
    ...(toolUse && { toolUse: toolUseOf(toolUse, end) }),
    messageId: textOrNull(row, 'message_id'),
    systemPrompt: textOrNull(row, 'system_prompt'),
    prompt: jsonOrNull<GivenPrompt>(row, 'prompt'),
    options: json<GenerationOptions>(row, 'options'),
    format: jsonOrNull<EngineFormat>(row, 'format'),
    thinking: textOrNull(row, 'thinking'),
    finishReason: textOrNull(row, 'finish_reason') as FinishReason | null,
    toolCalls: jsonOrNull<NonNullable<Generation['toolCalls']>>(row, 'tool_calls'),
    logprobs: jsonOrNull<NonNullable<Generation['logprobs']>>(row, 'logprobs'),
    usage: jsonOrNull<TokenUsage>(row, 'usage'),
    error: jsonOrNull<NonNullable<Generation['error']>>(row, 'error'),
    cached: flag(row, 'cached'),
    idempotencyKey: textOrNull(row, 'idempotency_key'),
    queuedAt: queuedAtOf(row),
    fingerprint: textOrNull(row, 'fingerprint'),
  };
};
