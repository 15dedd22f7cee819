import type { Page, PageRequest } from '../../paging/pages.ts';
import { date, dateOrNull, integer, type Row, text, textOrNull } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { ActiveGeneration, ActivityKey, GenerationStatus } from '../generation.ts';

/** As the partial index has it, or the index isn't used. */
export const unfinished = `status IN ('QUEUED', 'RUNNING')`;

const columns = 'id, owner_id, conversation_id, model, status, attempt, created_at, started_at';

/** A page of all users' generations that are not final: a range of the partial index. */
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
