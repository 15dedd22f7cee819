import type { GenerationOptions } from '../../conversations/conversation.ts';
import { date, encodeJson, integer, json, type Row, text, textOrNull } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { findOwned } from '../../sqlite/findOwned.ts';
import type { AnswerDefaults } from '../answerDefaults.ts';
import type { AnswerDefaultsStore } from './store.ts';

export const sqliteAnswerDefaultsStore = (database: Database): AnswerDefaultsStore => ({
  async set({ id, ownerId, model, systemPrompt, options, updatedAt }, limit) {
    return database.transaction(() => {
      const row = database.get(
        'SELECT count(*) AS others FROM answer_defaults WHERE owner_id = :ownerId AND id <> :id',
        { ownerId, id },
      );
      if (row === null || integer(row, 'others') >= limit) return false;
      const columns = {
        id,
        owner_id: ownerId,
        model,
        system_prompt: systemPrompt,
        options: encodeJson(options) ?? '{}',
        updated_at: updatedAt.getTime(),
      };
      database.insert(
        'answer_defaults',
        columns,
        `ON CONFLICT (id) DO UPDATE SET system_prompt = excluded.system_prompt, options = excluded.options,
          updated_at = excluded.updated_at`,
      );
      return true;
    });
  },
  async findMany(ownerId, ids) {
    return findOwned(database, 'answer_defaults', ownerId, ids, defaultsOf);
  },
  async ofOwner(ownerId) {
    const sql = 'SELECT * FROM answer_defaults WHERE owner_id = :ownerId ORDER BY model';
    return database.all(sql, { ownerId }).map(defaultsOf);
  },
  async delete(ownerId, id) {
    const sql = 'DELETE FROM answer_defaults WHERE id = :id AND owner_id = :ownerId';
    return database.run(sql, { id, ownerId }) > 0;
  },
  async deleteOfOwner(ownerId) {
    database.run('DELETE FROM answer_defaults WHERE owner_id = :ownerId', { ownerId });
  },
});

const defaultsOf = (row: Row): AnswerDefaults => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  model: textOrNull(row, 'model'),
  systemPrompt: textOrNull(row, 'system_prompt'),
  options: json<GenerationOptions>(row, 'options'),
  updatedAt: date(row, 'updated_at'),
});
