import {
  type Columns,
  date,
  encodeFlag,
  encodeJson,
  flag,
  integer,
  json,
  type Row,
  text,
} from '../../sqlite/columns.ts';
import { assignments, type Database } from '../../sqlite/database.ts';
import { type Preset, type PresetSummary, type PresetVersion, summaryOf } from '../preset.ts';
import type { PresetStore } from './store.ts';

const visible = '(owner_id = :userId OR is_shared = 1)';

export function sqlitePresetStore(database: Database): PresetStore {
  const count = (where: string, params: Columns): number =>
    integer(database.get(`SELECT count(*) AS presets FROM presets WHERE ${where}`, params) ?? {}, 'presets');

  /** Runs inside the transaction that then writes the preset. */
  const nameConflict = ({ id, name, isShared, ownerId }: PresetSummary) => {
    if (count('owner_id = :ownerId AND name = :name AND id <> :id', { ownerId, name, id }) > 0) return 'name';
    const isTaken = isShared && count('is_shared = 1 AND name = :name AND id <> :id', { name, id }) > 0;
    return isTaken ? 'sharedName' : null;
  };

  return {
    async insert(preset, limit) {
      return database.transaction(() => {
        const conflict = nameConflict(summaryOf(preset));
        if (conflict) return conflict;
        if (count('owner_id = :ownerId', { ownerId: preset.ownerId }) >= limit) return 'full';
        database.insert('presets', columnsOf(preset));
        return null;
      });
    },
    async visibleTo(userId) {
      const sql = `SELECT id, owner_id, is_shared, name, title, description, tags FROM presets WHERE ${visible}`;
      return database.all(sql, { userId }).map(summaryFrom);
    },
    async findMany(userId, ids) {
      const sql = `SELECT * FROM presets WHERE ${visible} AND id IN (SELECT value FROM json_each(:ids))`;
      const rows = database.all(sql, { userId, ids: JSON.stringify(ids) });
      const byId = new Map(rows.map((row) => [text(row, 'id'), presetOf(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async findByName(userId, name) {
      const sql = `SELECT * FROM presets WHERE ${visible} AND name = :name ORDER BY owner_id = :userId DESC LIMIT 1`;
      const row = database.get(sql, { userId, name });
      return row && presetOf(row);
    },
    async replace(preset) {
      return database.transaction(() => {
        const { id, revision } = preset;
        const conflict = nameConflict(summaryOf(preset));
        if (conflict) return conflict;
        const columns = columnsOf(preset);
        const sql = `UPDATE presets SET ${assignments(columns)} WHERE id = :id AND revision = :before`;
        return database.run(sql, { ...columns, id, before: revision - 1 }) > 0 ? null : 'changed';
      });
    },
    async delete(id) {
      return database.run('DELETE FROM presets WHERE id = :id', { id }) > 0;
    },
    async ofOwner(ownerId) {
      const sql = 'SELECT * FROM presets WHERE owner_id = :ownerId ORDER BY created_at, id';
      return database.all(sql, { ownerId }).map(presetOf);
    },
    async deleteOfOwner(ownerId) {
      database.run('DELETE FROM presets WHERE owner_id = :ownerId', { ownerId });
    },
  };
}

const columnsOf = (preset: Preset): Columns => {
  const { name, title, description, tags } = summaryOf(preset);
  return {
    id: preset.id,
    owner_id: preset.ownerId,
    is_shared: encodeFlag(preset.isShared) ?? 0,
    revision: preset.revision,
    name,
    title,
    description,
    tags: encodeJson(tags) ?? null,
    versions: encodeJson(preset.versions) ?? null,
    created_at: preset.createdAt.getTime(),
    updated_at: preset.updatedAt.getTime(),
  };
};

const presetOf = (row: Row): Preset => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  isShared: flag(row, 'is_shared'),
  revision: integer(row, 'revision'),
  versions: json<readonly (Omit<PresetVersion, 'createdAt'> & { readonly createdAt: string })[]>(
    row,
    'versions',
  ).map((version) => ({ ...version, createdAt: new Date(version.createdAt) })),
  createdAt: date(row, 'created_at'),
  updatedAt: date(row, 'updated_at'),
});

const summaryFrom = (row: Row): PresetSummary => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  isShared: flag(row, 'is_shared'),
  name: text(row, 'name'),
  title: text(row, 'title'),
  description: text(row, 'description'),
  tags: json<readonly string[]>(row, 'tags'),
});
