import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { TimeKey } from '../paging/pages.ts';
import type { KeyedLimit } from '../process/keyedLimit.ts';
import type { Attachment } from './attachment.ts';
import type { AttachmentFiles } from './files/files.ts';
import type { AttachmentStore } from './store/store.ts';

/** Deletes what attachments leave behind. */
export interface AttachmentCleanup {
  /** Deletes those of a user's files that no attachment has any more. Never rejects: a later sweep deletes the rest. */
  deleteUnusedFiles(ownerId: string, keys: readonly string[]): Promise<void>;
  /** Deletes all attachments of a user, and their unfinished uploads. Idempotent. */
  deleteOfOwner(ownerId: string): Promise<void>;
  /** Deletes expired uploads, attachments that were never sent and aren't under a legal hold, and files that a crash left without an attachment. */
  sweep(signal: AbortSignal): Promise<void>;
}

export interface AttachmentCleanupDeps {
  readonly attachments: AttachmentStore;
  readonly files: AttachmentFiles;
  /** Runs one change of a user's files at a time, so that a file isn't deleted while an equal one is attached. */
  readonly fileChanges: KeyedLimit;
  /** Whether a legal hold covers the user's data outside of conversations. */
  readonly isHeld: (ownerId: string) => Promise<boolean>;
  /**
   * Whether the user has an account. Files of others are no orphans: the files may be in a bucket, and the database an empty or
   * another one. Those of a deleted user were deleted with the account.
   */
  readonly isUser: (ownerId: string) => Promise<boolean>;
  readonly clock: () => Date;
  readonly log: Logger;
}

const hourMs = 60 * 60 * 1000;

/** How long unfinished uploads, and attachments that are in no message, are kept, in ms. */
export const keptMs = { upload: 24 * hourMs, unsent: 7 * 24 * hourMs } as const;

/** The age from which a file without an attachment is an orphan, in ms: longer than any upload takes to store both. */
const orphanMs = hourMs;

/** The interval between two sweeps, in ms. */
const sweepEveryMs = hourMs;

const batchSize = 100;

export const createAttachmentCleanup = (deps: AttachmentCleanupDeps): AttachmentCleanup => {
  const { attachments, files, fileChanges, clock, log } = deps;
  const ago = (ms: number) => new Date(clock().getTime() - ms);

  const deleteUnused = (ownerId: string, keys: readonly string[]): Promise<void> =>
    fileChanges.run(ownerId, async () => {
      const used = new Set(await attachments.usedFileKeys(keys));
      await files.delete(keys.filter((key) => !used.has(key)));
    });

  const deleteUnsent = async (signal: AbortSignal): Promise<void> => {
    let last: TimeKey | null = null;
    while (!signal.aborted) {
      const unsent: readonly Attachment[] = await attachments.unsentAnyOwner(ago(keptMs.unsent), last);
      last = unsent.at(-1) ?? null;
      if (last === null) return;
      for (const { ownerId, id, fileKey } of unsent) {
        if (await deps.isHeld(ownerId)) continue;
        await attachments.deleteUnsent(ownerId, id);
        await deleteUnused(ownerId, [fileKey]);
      }
    }
  };

  const deleteOrphans = async (signal: AbortSignal): Promise<void> => {
    const byOwner = new Map<string, string[]>();
    const flush = async () => {
      for (const [ownerId, keys] of byOwner) {
        if (await deps.isUser(ownerId)) await deleteUnused(ownerId, keys);
        else unknown.add(ownerId);
      }
      byOwner.clear();
    };
    const unknown = new Set<string>();
    let pending = 0;
    for await (const key of files.keys(ago(orphanMs))) {
      if (signal.aborted) return;
      const [ownerId = ''] = key.split('/');
      byOwner.set(ownerId, [...(byOwner.get(ownerId) ?? []), key]);
      pending += 1;
      if (pending % batchSize === 0) await flush();
    }
    await flush();
    if (unknown.size > 0) {
      log.error(
        { users: unknown.size },
        'attachments: files of users that this database does not have are kept; is it the database of these files?',
      );
    }
  };

  return {
    async deleteUnusedFiles(ownerId, keys) {
      if (keys.length === 0) return;
      await deleteUnused(ownerId, keys).catch((error: unknown) =>
        log.warn(
          { err: error, files: keys.length },
          'attachments: files not deleted, the next sweep deletes them',
        ),
      );
    },
    async deleteOfOwner(ownerId) {
      await attachments.deleteOfOwner(ownerId);
      await fileChanges.run(ownerId, () => files.deleteOfOwner(ownerId));
    },
    async sweep(signal) {
      await files.discardBefore(ago(keptMs.upload));
      await deleteUnsent(signal);
      await deleteOrphans(signal);
    },
  };
};

/** Sweeps every hour, on one replica at a time. Returns a function that stops and waits for a running sweep. */
export const startSweeping = (
  { sweep }: Pick<AttachmentCleanup, 'sweep'>,
  { acquireLease, log }: { readonly acquireLease: () => Promise<boolean>; readonly log: Logger },
): (() => Promise<void>) => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      try {
        if (await acquireLease()) await sweep(signal);
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'attachments: sweep failed, retrying in an hour');
      }
      await sleep(sweepEveryMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
};
