import { type Columns, date, encodeJson, integer, json, type Row, text } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { DockerRequest, RequestStatus } from '../request.ts';
import type { DockerRequestStore } from './store.ts';

const list = { table: 'docker_requests', order: 'descending' } as const;

export const sqliteDockerRequestStore = (database: Database): DockerRequestStore => ({
  async insert(request, { pending, since, kept }) {
    return database.transaction(() => {
      const { ownerId } = request;
      const waiting = database.get(
        `SELECT count(*) AS requests FROM docker_requests
          WHERE owner_id = :ownerId AND status = 'PENDING' AND created_at > :since`,
        { ownerId, since: since.getTime() },
      );
      if (integer(waiting ?? {}, 'requests') >= pending) return false;
      database.insert('docker_requests', columnsOf(request));
      database.run(
        `DELETE FROM docker_requests WHERE owner_id = :ownerId AND id IN (
          SELECT id FROM docker_requests WHERE owner_id = :ownerId
            ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET :kept)`,
        { ownerId, kept },
      );
      return true;
    });
  },
  async find(ownerId, id) {
    const sql = 'SELECT * FROM docker_requests WHERE id = :id AND owner_id = :ownerId';
    const row = database.get(sql, { id, ownerId });
    return row && requestOf(row);
  },
  async findAnyOwner(id) {
    const row = database.get('SELECT * FROM docker_requests WHERE id = :id', { id });
    return row && requestOf(row);
  },
  async page(ownerId, page) {
    const where = 'owner_id = :ownerId';
    return timedPage(database, { ...list, where, params: { ownerId }, read: requestOf }, page);
  },
  async pageAnyOwner(page) {
    return timedPage(database, { ...list, where: 'true', params: {}, read: requestOf }, page);
  },
  async replace(request, from) {
    const { id, status, content } = columnsOf(request);
    const sql = `UPDATE docker_requests SET status = :status, content = :content
      WHERE id = :id AND status = :from`;
    return database.run(sql, { id: id ?? null, status: status ?? null, content: content ?? null, from }) > 0;
  },
  async ofOwner(ownerId) {
    const sql = 'SELECT * FROM docker_requests WHERE owner_id = :ownerId ORDER BY created_at, id';
    return database.all(sql, { ownerId }).map(requestOf);
  },
  async deleteOfOwner(ownerId) {
    database.run('DELETE FROM docker_requests WHERE owner_id = :ownerId', { ownerId });
  },
});

const columnsOf = ({ id, ownerId, status, createdAt, ...content }: DockerRequest): Columns => ({
  id,
  owner_id: ownerId,
  status,
  created_at: createdAt.getTime(),
  content: encodeJson(content) ?? null,
});

type Content = Omit<DockerRequest, 'id' | 'ownerId' | 'status' | 'createdAt' | 'decidedAt'> & {
  readonly decidedAt: string | null;
};

const requestOf = (row: Row): DockerRequest => {
  const content = json<Content>(row, 'content');
  return {
    ...content,
    id: text(row, 'id'),
    ownerId: text(row, 'owner_id'),
    status: text(row, 'status') as RequestStatus,
    decidedAt: content.decidedAt === null ? null : new Date(content.decidedAt),
    createdAt: date(row, 'created_at'),
  };
};
