import type { Page, PageRequest } from '../../paging/pages.ts';
import { date, dateOrNull, integer, type Row, text, textOrNull } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { ActiveGeneration, ActivityKey, GenerationStatus } from '../generation.ts';

/** The same text as in the partial index, or SQLite doesn't use the index. */
export const unfinished = `status IN ('QUEUED', 'RUNNING')`;

const columns = 'id, owner_id, conversation_id, model, status, attempt, created_at, started_at';

/** Returns a page of all users' generations that aren't final: a range of the partial index. */
export const activePage = (database: Database, page: PageRequest<ActivityKey>): Page<ActiveGeneration> =>
  timedPage(
    database,
    {
      table: 'generations',
      where: unfinished,
      params: {},
      order: 'ascending',
      read: activeGenerationOf,
      columns,
    },
    page,
  );

export const activeGenerationOf = (row: Row): ActiveGeneration => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  conversationId: textOrNull(row, 'conversation_id'),
  model: text(row, 'model'),
  status: text(row, 'status') as GenerationStatus,
  attempt: integer(row, 'attempt'),
  createdAt: date(row, 'created_at'),
  startedAt: dateOrNull(row, 'started_at'),
});
