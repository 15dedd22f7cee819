import { foldUsername } from '../../access/user.ts';
import { type Columns, date, integer, json, type Row, text, textOrNull } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { keyedPage } from '../../sqlite/page.ts';
import type { AuditAction, AuditDetails, AuditEntry, AuditFilter, AuditOutcome } from '../auditEvent.ts';
import {
  type ChainLink,
  canonicalDetails,
  chain,
  foldedUsernameOf,
  genesis,
  type StoredEntry,
} from '../chain.ts';
import { firstIdAt } from '../eventIds.ts';
import type { AuditStore } from './store.ts';

export const sqliteAuditStore = (database: Database): AuditStore => {
  const anchor = (): ChainLink => linkOf(database.get('SELECT seq, hash FROM audit_anchor')) ?? genesis;

  /** Returns the end of the chain. The newest entry is never dropped, so only an unused log is empty. */
  const last = (): ChainLink =>
    linkOf(database.get('SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1')) ?? anchor();

  const page = (where: string, params: Columns, order: 'ascending' | 'descending') =>
    ({ table: 'audit_events', where, params, key: 'id', order, read: entryOf }) as const;

  return {
    async append(events) {
      if (events.length === 0) return;
      database.transaction(() => {
        const known = 'SELECT 1 FROM audit_events WHERE id = :id';
        const fresh = events.filter(({ id }) => database.get(known, { id }) === null);
        for (const entry of chain(fresh, last())) database.insert('audit_events', columnsOf(entry));
      });
    },
    async page(filter, request) {
      const { where, params } = conditionsOf(filter);
      return keyedPage(database, page(where, params, 'descending'), request);
    },
    async pageOfUser(userId, request) {
      return keyedPage(database, page('user_id = :userId', { userId }, 'ascending'), request);
    },
    async findMany(ids) {
      return ids.map((id) => {
        const row = database.get('SELECT * FROM audit_events WHERE id = :id', { id });
        return row && entryOf(row);
      });
    },
    async chainAfter(seq, limit) {
      const sql = 'SELECT * FROM audit_events WHERE seq > :seq ORDER BY seq LIMIT :limit';
      return database.all(sql, { seq, limit }).map(storedEntryOf);
    },
    anchor: async () => anchor(),
    async drop(before, limit) {
      return database.transaction(() => {
        const sql = 'SELECT seq, hash, at FROM audit_events ORDER BY seq LIMIT :limit';
        const oldest = database.all(sql, { limit });
        const kept = oldest.findIndex((row) => date(row, 'at') >= before);
        const old = kept === -1 ? oldest : oldest.slice(0, kept);
        const newest = last().seq;
        const dropped = linkOf(old.filter((row) => integer(row, 'seq') < newest).at(-1) ?? null);
        if (!dropped) return 0;
        database.run(
          `INSERT INTO audit_anchor (id, seq, hash) VALUES ('anchor', :seq, :hash)
          ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
          { ...dropped },
        );
        return database.run('DELETE FROM audit_events WHERE seq <= :seq', { seq: dropped.seq });
      });
    },
  };
};

const conditionsOf = (filter: AuditFilter): { readonly where: string; readonly params: Columns } => {
  const { actions, username, refusedOnly, target, from, to } = filter;
  const [firstId, endId] = [from && firstIdAt(from), to && firstIdAt(to)];
  const given: readonly (false | readonly [string, Columns])[] = [
    actions?.length === 1 && ['action = :action', { action: actions[0] ?? '' }],
    actions !== null &&
      actions.length !== 1 && [
        'action IN (SELECT value FROM json_each(:actions))',
        { actions: JSON.stringify(actions) },
      ],
    username !== null && ['folded_username = :username', { username: foldUsername(username) }],
    refusedOnly && ["outcome <> 'OK'", {}],
    target !== null && ['target = :target', { target }],
    firstId !== null && ['id >= :firstId', { firstId }],
    endId !== null && ['id < :endId', { endId }],
  ];
  const conditions = given.filter((condition) => condition !== false);
  return {
    where: ['TRUE', ...conditions.map(([sql]) => sql)].join(' AND '),
    params: Object.assign({}, ...conditions.map(([, params]) => params)),
  };
};

const linkOf = (row: Row | null): ChainLink | null =>
  row && { seq: integer(row, 'seq'), hash: text(row, 'hash') };

const columnsOf = (entry: AuditEntry): Columns => ({
  seq: entry.seq,
  id: entry.id,
  at: entry.at.getTime(),
  action: entry.action,
  outcome: entry.outcome,
  user_id: entry.userId,
  username: entry.username,
  folded_username: foldedUsernameOf(entry),
  target: entry.target,
  target_id: entry.targetId,
  address: entry.address,
  request_id: entry.requestId,
  details: canonicalDetails(entry.details),
  count: entry.count,
  previous_hash: entry.previousHash,
  hash: entry.hash,
});

const storedEntryOf = (row: Row): StoredEntry => ({
  ...entryOf(row),
  foldedUsername: textOrNull(row, 'folded_username'),
  detailsText: text(row, 'details'),
});

const entryOf = (row: Row): AuditEntry => ({
  seq: integer(row, 'seq'),
  id: text(row, 'id'),
  at: date(row, 'at'),
  action: text(row, 'action') as AuditAction,
  outcome: text(row, 'outcome') as AuditOutcome,
  userId: textOrNull(row, 'user_id'),
  username: textOrNull(row, 'username'),
  target: textOrNull(row, 'target'),
  targetId: textOrNull(row, 'target_id'),
  address: textOrNull(row, 'address'),
  requestId: textOrNull(row, 'request_id'),
  details: json<AuditDetails>(row, 'details'),
  count: integer(row, 'count'),
  previousHash: text(row, 'previous_hash'),
  hash: text(row, 'hash'),
});
