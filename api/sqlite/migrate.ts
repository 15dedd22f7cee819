import { integer } from './columns.ts';
import type { Database } from './database.ts';
import { NewerStore } from './errors.ts';
import { first } from './migrations/0001-initial.ts';
import { standaloneGenerations } from './migrations/0002-standalone-generations.ts';
import { toolCalls } from './migrations/0003-tool-calls.ts';
import { accounts } from './migrations/0004-accounts.ts';
import { usage } from './migrations/0005-usage.ts';
import { apiKeys } from './migrations/0006-api-keys.ts';
import { quotas } from './migrations/0007-quotas.ts';
import { audit } from './migrations/0008-audit.ts';
import { attempts } from './migrations/0009-attempts.ts';
import { turns } from './migrations/0010-open-turns.ts';
import { timeOrder } from './migrations/0011-time-order.ts';
import { storageProbe } from './migrations/0012-storage-probe.ts';
import { storage } from './migrations/0013-storage.ts';
import { autoTitles } from './migrations/0014-auto-titles.ts';
import { attachments } from './migrations/0015-attachments.ts';
import { logprobs } from './migrations/0016-logprobs.ts';
import { shares } from './migrations/0017-shares.ts';
import { ratings } from './migrations/0018-ratings.ts';
import { presets } from './migrations/0019-presets.ts';
import { presetStorage } from './migrations/0020-preset-storage.ts';
import { legalHolds } from './migrations/0021-legal-holds.ts';
import { folders } from './migrations/0022-folders.ts';
import { answerDefaults } from './migrations/0023-answer-defaults.ts';
import { dockerRequests } from './migrations/0024-docker-requests.ts';
import { passages } from './migrations/0025-passages.ts';
import { messageSources } from './migrations/0026-message-sources.ts';
import { editedAnswers } from './migrations/0027-edited-answers.ts';
import { temporaryConversations } from './migrations/0028-temporary-conversations.ts';
import { usageByDay } from './migrations/0029-usage-by-day.ts';
import { healing } from './migrations/0030-healing.ts';
import { continuedAttempts } from './migrations/0031-continued-attempts.ts';
import { collections } from './migrations/0032-collections.ts';
import { toolUse } from './migrations/0033-tool-use.ts';
import { batches } from './migrations/0034-batches.ts';

/** All migrations, in order. A released one is never changed; append a new one instead. */
const migrations: readonly string[] = [
  first,
  standaloneGenerations,
  toolCalls,
  accounts,
  usage,
  apiKeys,
  quotas,
  audit,
  attempts,
  turns,
  timeOrder,
  storageProbe,
  storage,
  autoTitles,
  attachments,
  logprobs,
  shares,
  ratings,
  presets,
  presetStorage,
  legalHolds,
  folders,
  answerDefaults,
  dockerRequests,
  passages,
  messageSources,
  editedAnswers,
  temporaryConversations,
  usageByDay,
  healing,
  continuedAttempts,
  collections,
  toolUse,
  batches,
];

/**
 * Migrates the tables to the newest version, in one transaction. Returns the versions before and after.
 *
 * @throws NewerStore
 */
export function migrate(
  database: Database,
  steps: readonly string[] = migrations,
): { readonly from: number; readonly to: number } {
  return database.transaction(() => {
    const from = integer(database.get('PRAGMA user_version') ?? {}, 'user_version');
    const to = steps.length;
    if (from > to) throw new NewerStore(`version ${from}, and this one knows ${to}`);
    for (const sql of steps.slice(from)) database.connection.exec(sql);
    // Writes nothing if no step ran, so that the server starts with a full disk too.
    if (from < to) database.connection.exec(`PRAGMA user_version = ${to}`);
    return { from, to };
  });
}
