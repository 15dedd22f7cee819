import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type {
  Batch,
  BatchError,
  BatchInputText,
  BatchItem,
  BatchItemStatus,
  BatchOutcome,
  BatchStatus,
} from '../batch.ts';

export interface BatchStoreLimits {
  /** Maximum unfinished batches of the owner. */
  readonly open: number;
  /** Maximum batches of the owner; `Infinity`: any number. */
  readonly kept: number;
}

/** `DUPLICATE`: there is one with the id. The others: the owner has the maximum. Then nothing is written. */
export type BatchInsertOutcome = 'INSERTED' | 'DUPLICATE' | 'TOO_MANY_OPEN' | 'FULL';

/** An input that a runner claimed, with its batch. */
export interface ClaimedItem {
  readonly batch: Batch;
  readonly item: BatchItem;
}

/** Identifies one claim of an input. */
export type ItemClaim = Pick<BatchItem, 'id' | 'batchId' | 'attempt'>;

/** An input that runs, or did when its batch ended. */
export type StartedItem = Pick<BatchItem, 'id' | 'ownerId' | 'attempt'>;

/** A batch that may be deleted. */
export type StaleBatch = Pick<Batch, 'id' | 'ownerId'>;

/** The end of a batch. */
export interface BatchEnd {
  readonly status: Exclude<BatchStatus, 'PREPARING' | 'RUNNING'>;
  readonly error: BatchError | null;
  readonly endedAt: Date;
}

/** Stores the batches of users, and their inputs with the results. */
export interface BatchStore {
  /** Writes a batch that is `PREPARING`, without its inputs. */
  insert(batch: Batch, limits: BatchStoreLimits): Promise<BatchInsertOutcome>;
  /**
   * Writes inputs, the first of which has the number `from`. Those that are there already stay as they are. Those of a batch
   * that was deleted meanwhile may be written: `delete` and `deleteOrphansAnyOwner` delete them.
   */
  addInputs(
    batch: Pick<Batch, 'id' | 'ownerId' | 'createdAt'>,
    from: number,
    inputs: readonly BatchInputText[],
  ): Promise<void>;
  /** Lets a `PREPARING` batch run. Null if it isn't there or is no longer `PREPARING`. */
  begin(id: string): Promise<Batch | null>;

  find(ownerId: string, id: string): Promise<Batch | null>;
  findAnyOwner(id: string): Promise<Batch | null>;
  /** Returns batches in the order of `ids`; null for one that doesn't exist or isn't the owner's. */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Batch | null)[]>;
  /** Returns a page of the owner's batches, newest first. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<Batch>>;
  /** Returns all unfinished batches of the owner. */
  openOfOwner(ownerId: string): Promise<readonly Batch[]>;
  /** Returns a page of inputs in their order, with fewer if they are large. `statuses`: only these; null: all. */
  items(
    ownerId: string,
    batchId: string,
    statuses: readonly BatchItemStatus[] | null,
    page: PageRequest<TimeKey>,
  ): Promise<Page<BatchItem>>;
  /** Returns inputs in the order of `ids`; null for one that doesn't exist or isn't the owner's. */
  findItems(ownerId: string, ids: readonly string[]): Promise<readonly (BatchItem | null)[]>;
  /** Returns the inputs that are claimed, or were when the batch ended. */
  startedItems(batchId: string): Promise<readonly StartedItem[]>;

  /**
   * Claims the next input until `until`: of the owner who was served least recently, from the oldest batch with one that
   * is due. Inputs whose claim has expired are due again. Of simultaneous calls, each claims another. Null if none is due.
   */
  claim(now: Date, until: Date): Promise<ClaimedItem | null>;
  /** Extends a claim. False if it is lost, or the batch has ended. */
  renew(claim: ItemClaim, until: Date): Promise<boolean>;
  /**
   * Gives a claimed input back, to be claimed from `dueAt` on. `failures` is added to those of the input. Does nothing if the
   * claim is lost.
   */
  release(claim: ItemClaim, dueAt: Date, failures: 0 | 1): Promise<void>;
  /** Ends a claimed input, and counts it. False if the claim is lost or the batch has ended: then nothing changes. */
  finish(claim: ItemClaim, outcome: BatchOutcome, finishedAt: Date): Promise<boolean>;
  /** Releases all claims at once, when no other process can have one. */
  releaseAnyOwner(): Promise<void>;

  /** Completes a running batch if all its inputs have ended, with their exact counts. Null otherwise. */
  complete(id: string, endedAt: Date): Promise<Batch | null>;
  /** Ends an unfinished batch; its unfinished inputs are cancelled. Null if it has ended or doesn't exist. */
  end(id: string, end: BatchEnd): Promise<Batch | null>;
  /** Pauses a running batch. */
  pause(id: string, resumesAt: Date, error: BatchError): Promise<void>;

  /** Returns all running batches that have no pending or running input, or that expired before `now`. */
  overdueAnyOwner(now: Date): Promise<readonly Batch[]>;
  /**
   * Returns the next batches, at most 1,000 by id after `afterId` (null: from the first), that ended before `endedBefore`, or
   * that were created before `createdBefore` and still prepare.
   */
  staleAnyOwner(
    endedBefore: Date,
    createdBefore: Date,
    afterId: string | null,
  ): Promise<readonly StaleBatch[]>;
  /** Returns the number of running batches, and of their unfinished inputs. */
  countsAnyOwner(): Promise<{ readonly batches: number; readonly inputs: number }>;
  /** Deletes inputs whose batch doesn't exist. */
  deleteOrphansAnyOwner(): Promise<void>;
  /** Deletes a batch with its inputs, also those of a batch that doesn't exist. Returns whether it existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  /** Deletes all batches of an owner. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
