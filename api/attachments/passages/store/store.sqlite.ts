import { setImmediate } from 'node:timers/promises';
import { integer, integerOrNull, type Row, text, textOrNull } from '../../../sqlite/columns.ts';
import type { Database } from '../../../sqlite/database.ts';
import { readable } from '../../rights/readable.sqlite.ts';
import type { FoundPassage, Indexing } from '../passage.ts';
import { bytesOfVector } from '../vector.ts';
import { type Matched, rankByTerms } from './rankByTerms.ts';
import { type DueDocument, maxScanned, type PassageScope, type PassageStore } from './store.ts';

/** Needs the SQL function of `sqlite/vectors.ts`. */
export function sqlitePassageStore(database: Database): PassageStore {
  const stateOf = (ownerId: string, id: string): Indexing | null => {
    const row = database.get(`${stateSql} WHERE id = :id AND owner_id = :ownerId`, { id, ownerId });
    return row && indexingOf(row);
  };

  /** Returns up to `limit` passages of the scope that have one of the terms. */
  const matchingAmong = (
    scope: PassageScope,
    terms: readonly string[],
    limit: number,
  ): readonly Matched[] => {
    const wanted = new Set(terms);
    // The marks limit the search to these documents within the index, so that others cost no time.
    const match = `(${anyOf(scope.attachmentIds.map(markOf))}) AND (${anyOf(terms)})`;
    const sql = `SELECT p.*, s.terms FROM passage_search s
      JOIN passages p ON p.id = s.rowid JOIN attachments a ON a.id = p.attachment_id
      WHERE passage_search MATCH :match AND ${inScope} LIMIT :limit`;
    return database.all(sql, { ...paramsOf(scope), match, limit }).map((row) => {
      const [, ...stored] = text(row, 'terms').split(' ');
      return {
        passage: passageOf(row),
        hits: stored.filter((term) => wanted.has(term)),
        length: stored.length,
      };
    });
  };

  const countIn = (scope: PassageScope): number => {
    const sql = `SELECT coalesce(sum(a.passages), 0) AS passages FROM attachments a WHERE ${inScope}`;
    return integer(database.get(sql, paramsOf(scope)) ?? {}, 'passages');
  };

  return {
    async insert(ownerId, attachmentId, passages) {
      return database.transaction(() => {
        const state = stateOf(ownerId, attachmentId);
        if (state === null || state.passages !== null) return state !== null;
        for (const { number, start, end, page, heading, terms } of passages) {
          const columns = { number, text_start: start, text_end: end, page, heading };
          database.insert('passages', { attachment_id: attachmentId, ...columns });
          database.run('INSERT INTO passage_search (rowid, terms) VALUES (last_insert_rowid(), :terms)', {
            terms: [markOf(attachmentId), ...terms].join(' '),
          });
        }
        database.run(
          'UPDATE attachments SET passages = :count, index_at = iif(:count = 0, NULL, index_at) WHERE id = :id',
          { id: attachmentId, count: passages.length },
        );
        return true;
      });
    },
    async indexing(readerId, attachmentIds) {
      const sql = `SELECT a.id, a.passages, a.embedded, a.vector_model FROM attachments a WHERE ${inScope}`;
      const found = database.all(sql, paramsOf({ readerId, attachmentIds }));
      const states = new Map(found.map((row) => [text(row, 'id'), indexingOf(row)]));
      return attachmentIds.map((id) => states.get(id) ?? null);
    },
    async searchableIn(readerId, collectionIds) {
      const sql = `SELECT a.id FROM attachments a WHERE a.collection_id IN (SELECT value FROM json_each(:ids))
        AND a.passages > 0 AND ${readable}`;
      return database
        .all(sql, { readerId, ids: JSON.stringify(collectionIds) })
        .map((row) => text(row, 'id'));
    },
    async list(readerId, attachmentId, from, limit) {
      const sql = `SELECT p.* FROM attachments a JOIN passages p ON p.attachment_id = a.id
        WHERE a.id = :attachmentId AND ${readable} AND p.number >= :from ORDER BY p.number LIMIT :limit`;
      return database.all(sql, { readerId, attachmentId, from, limit }).map(passageOf);
    },
    async findMany(readerId, attachmentId, numbers) {
      const sql = `SELECT p.* FROM attachments a JOIN passages p ON p.attachment_id = a.id
        WHERE a.id = :attachmentId AND ${readable}
          AND p.number IN (SELECT value FROM json_each(:numbers)) ORDER BY p.number`;
      return database.all(sql, { readerId, attachmentId, numbers: JSON.stringify(numbers) }).map(passageOf);
    },
    async matching(scope, terms, limit) {
      if (terms.length === 0 || scope.attachmentIds.length === 0) return [];
      const found: Matched[] = [];
      for (let at = 0; at < scope.attachmentIds.length && found.length < maxScanned; at += marksAtOnce) {
        const ids = scope.attachmentIds.slice(at, at + marksAtOnce);
        found.push(...matchingAmong({ ...scope, attachmentIds: ids }, terms, maxScanned - found.length));
        // Others are answered in between.
        await setImmediate();
      }
      return rankByTerms(found, Math.min(maxScanned, countIn(scope))).slice(0, limit);
    },
    async nearest(scope, model, vector, limit) {
      const sql = `SELECT * FROM (
          SELECT p.*, v.vector FROM attachments a
          JOIN passages p ON p.attachment_id = a.id JOIN passage_vectors v ON v.id = p.id
          WHERE ${inScope} AND a.vector_model = :model AND octet_length(v.vector) = octet_length(:vector)
          LIMIT ${maxScanned}
        ) ORDER BY vec_distance_cosine(vector, :vector), attachment_id, number LIMIT :limit`;
      return database
        .all(sql, { ...paramsOf(scope), model, vector: bytesOfVector(vector), limit })
        .map(passageOf);
    },
    async claim(model, now, retryAt) {
      return database.transaction((): DueDocument | null => {
        const condition = model === null ? 'AND passages IS NULL' : '';
        const sql = `${stateSql} WHERE index_at IS NOT NULL AND index_at <= :now ${condition} ORDER BY index_at LIMIT 1`;
        const row = database.get(sql, { now: now.getTime() });
        if (row === null) return null;
        const id = text(row, 'id');
        database.run('UPDATE attachments SET index_at = :at WHERE id = :id', { id, at: retryAt.getTime() });
        return { ownerId: text(row, 'owner_id'), attachmentId: id, indexing: indexingOf(row) };
      });
    },
    async delay(ownerId, attachmentId, at) {
      const sql = `UPDATE attachments SET index_at = :at
        WHERE id = :id AND owner_id = :ownerId AND index_at IS NOT NULL`;
      database.run(sql, { id: attachmentId, ownerId, at: at.getTime() });
    },
    async requeue(model, at) {
      const sql = `UPDATE attachments SET index_at = :at
        WHERE index_at IS NULL AND passages > 0 AND vector_model IS NOT :model`;
      database.run(sql, { model, at: at.getTime() });
    },
    async begin(ownerId, attachmentId, model) {
      database.transaction(() => {
        const state = stateOf(ownerId, attachmentId);
        if (state === null || state.model === model) return;
        const id = attachmentId;
        database.run(
          'DELETE FROM passage_vectors WHERE id IN (SELECT id FROM passages WHERE attachment_id = :id)',
          { id },
        );
        database.run('UPDATE attachments SET vector_model = :model, embedded = 0 WHERE id = :id', {
          id,
          model,
        });
      });
    },
    async unembedded(ownerId, attachmentId, limit) {
      const sql = `SELECT p.* FROM attachments a JOIN passages p ON p.attachment_id = a.id
        WHERE a.id = :attachmentId AND a.owner_id = :ownerId
          AND NOT EXISTS (SELECT 1 FROM passage_vectors v WHERE v.id = p.id)
        ORDER BY p.number LIMIT :limit`;
      return database.all(sql, { ownerId, attachmentId, limit }).map(passageOf);
    },
    async embed(ownerId, attachmentId, model, vectors) {
      return database.transaction(() => {
        if (stateOf(ownerId, attachmentId)?.model !== model) return null;
        for (const { number, vector } of vectors) {
          database.run(
            `INSERT OR REPLACE INTO passage_vectors (id, vector)
            SELECT id, :vector FROM passages WHERE attachment_id = :attachmentId AND number = :number`,
            { attachmentId, number, vector: bytesOfVector(vector) },
          );
        }
        database.run(
          `UPDATE attachments SET embedded = (SELECT count(*) FROM passages p JOIN passage_vectors v ON v.id = p.id
            WHERE p.attachment_id = :id) WHERE id = :id`,
          { id: attachmentId },
        );
        database.run('UPDATE attachments SET index_at = NULL WHERE id = :id AND embedded = passages', {
          id: attachmentId,
        });
        return stateOf(ownerId, attachmentId);
      });
    },
  };
}

const stateSql = 'SELECT id, owner_id, passages, embedded, vector_model FROM attachments';

const inScope = `a.id IN (SELECT value FROM json_each(:ids)) AND ${readable}`;

const paramsOf = ({ readerId, attachmentIds }: PassageScope) => ({
  readerId,
  ids: JSON.stringify(attachmentIds),
});

/** A term that all passages of a document have, and that no text has. The tokenizer takes it as one token. */
const markOf = (attachmentId: string): string => `§${attachmentId.replace(/[^0-9A-Za-z]/g, '')}`;

/** Maximum documents of a query: FTS5 compares the marks of all of them for each passage. */
const marksAtOnce = 50;

/** Quoted, so that no term is read as an operator of FTS5; terms contain no quotes. */
const anyOf = (terms: readonly string[]): string => terms.map((term) => `"${term}"`).join(' OR ');

const passageOf = (row: Row): FoundPassage => ({
  attachmentId: text(row, 'attachment_id'),
  number: integer(row, 'number'),
  start: integer(row, 'text_start'),
  end: integer(row, 'text_end'),
  page: integerOrNull(row, 'page'),
  heading: textOrNull(row, 'heading'),
});

const indexingOf = (row: Row): Indexing => ({
  passages: integerOrNull(row, 'passages'),
  embedded: integer(row, 'embedded'),
  model: textOrNull(row, 'vector_model'),
});
