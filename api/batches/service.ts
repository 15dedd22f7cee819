import { createHash } from 'node:crypto';
import { setImmediate as nextIteration, setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import { badInput, Failure, notFound, unauthenticated } from '../errors/failures.ts';
import type { AnswerLimits } from '../limits/running/answerLimits.ts';
import { type Page, type PageRequest, pageSizeLimit, type TimeKey } from '../paging/pages.ts';
import { currentOf, type Preset } from '../presets/preset.ts';
import type { PresetRuns } from '../presets/run/service.ts';
import type { Ids } from '../process/ids.ts';
import { createKeyedLimit } from '../process/keyedLimit.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import type { Quota } from '../usage/quota.ts';
import type { Quotas } from '../usage/quotas.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import {
  type Batch,
  type BatchItem,
  type BatchItemStatus,
  type BatchWork,
  batchLimits,
  isOpen,
  itemAt,
  maxBatchMs,
} from './batch.ts';
import { type CancelGenerationsDeps, cancelGenerations } from './cancelGenerations.ts';
import { type BatchEstimate, batchQuotaExceeded, remainingTokens, totalOf } from './estimate.ts';
import { type CollectedInputs, collectInputs, portionsOf } from './inputs/collect.ts';
import { type GivenInputs, parseInputs } from './inputs/parse.ts';
import type { BatchStore } from './store/store.ts';
import { batchChanged } from './topics.ts';

export interface PresetBatchRequest {
  readonly preset: Preset;
  readonly inputs: GivenInputs;
  /** Null: the preset's. */
  readonly model: string | null;
  /** A repeated request with the same key returns the same batch. Null: each request starts one. */
  readonly idempotencyKey: string | null;
}

/** A batch whose inputs are checked and estimated. */
export interface PreparedBatch {
  readonly work: BatchWork;
  readonly model: string | null;
  readonly collected: CollectedInputs;
  readonly estimate: BatchEstimate;
  /** The time until it expires, in ms. */
  readonly maxMs: number;
  readonly idempotencyKey: string | null;
}

/**
 * Runs a preset, or requests of OpenAI's API, over many inputs in the background. Batches are their owner's only. Inputs run
 * while no person waits for an answer, each of them once, whatever crashes.
 */
export interface Batches {
  /** Checks the inputs, and returns what they are expected to use. Throws as `runPreset`, except for quotas. */
  estimate(viewer: Viewer, request: PresetBatchRequest): Promise<BatchEstimate>;
  /**
   * Starts a batch. Throws `BAD_USER_INPUT` that names the line of an invalid input, `MODEL_NOT_FOUND`,
   * `ENGINE_UNAVAILABLE`, `QUOTA_EXCEEDED` if the estimate exceeds a quota, `RATE_LIMITED`, and `CONFLICT` for too many
   * batches, or another request with the key.
   */
  runPreset(viewer: Viewer, request: PresetBatchRequest): Promise<Batch>;
  /** Starts a batch of other work that was checked by its caller. Throws as `runPreset`. */
  start(viewer: Viewer, prepare: (available: AvailableTokens) => Promise<PreparedBatch>): Promise<Batch>;
  /** Throws `NOT_FOUND`. */
  find(viewer: Viewer, id: string): Promise<Batch>;
  /** Returns batches in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Batch | null)[]>;
  /** Returns a page of the viewer's batches, newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<Batch>>;
  /** Returns a page of the inputs with their results, in order. Throws `NOT_FOUND`. */
  items(
    viewer: Viewer,
    id: string,
    statuses: readonly BatchItemStatus[] | null,
    page: PageRequest<TimeKey>,
  ): Promise<Page<BatchItem>>;
  /** Returns inputs in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findItems(viewer: Viewer, ids: readonly string[]): Promise<readonly (BatchItem | null)[]>;
  /** Yields all inputs of these statuses with their results, in order. Throws `NOT_FOUND`. */
  allItems(
    viewer: Viewer,
    id: string,
    statuses: readonly BatchItemStatus[] | null,
  ): AsyncGenerator<BatchItem>;
  /** Cancels an unfinished batch; results so far are kept. Returns any other as it is. Throws `NOT_FOUND`. */
  cancel(viewer: Viewer, id: string): Promise<Batch>;
  /** Deletes a batch with its inputs and results. Throws `NOT_FOUND`, and `CONFLICT` for an unfinished or held one. */
  delete(viewer: Viewer, id: string): Promise<Batch>;
  /** Yields the batch now and after each change, at most five times a second, until it has ended. Throws `NOT_FOUND`. */
  watch(viewer: Viewer, id: string, signal: AbortSignal): AsyncGenerator<Batch, void, undefined>;
  /** Whether the viewer may cancel it now. */
  mayCancel(viewer: Viewer, batch: Batch): boolean;
  /** Whether the viewer may delete it now, unless a legal hold keeps it. */
  mayDelete(viewer: Viewer, batch: Batch): boolean;
}

/** What a user may still use for a batch. */
export interface AvailableTokens {
  /** Null: no quota. */
  readonly tokens: number | null;
}

export interface BatchesDeps extends CancelGenerationsDeps {
  readonly store: BatchStore;
  readonly presetRuns: Pick<PresetRuns, 'estimate' | 'chooseModel'>;
  readonly quotas: Pick<Quotas, 'of'>;
  readonly answerLimits: Pick<AnswerLimits, 'checkRate'>;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Throws `CONFLICT` if all data of the user is under a legal hold. */
  readonly checkDeletable: (ownerId: string) => Promise<void>;
  /** Whether the data of a user is being deleted, or was. */
  readonly isDeleted: (userId: string) => Promise<boolean>;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** Batches that are prepared at once in this process: each has its inputs in memory. */
const maxPreparing = 4;

/** The minimum interval between two states that `watch` yields, in ms. */
const watchIntervalMs = 200;

export const createBatches = (deps: BatchesDeps): Batches => {
  const { store, presetRuns, quotas, storageQuotas, ids, clock } = deps;
  const perUser = createKeyedLimit(1);
  const all = createKeyedLimit(maxPreparing);
  const whenPrepared = <Result>({ user }: Viewer, task: () => Promise<Result>): Promise<Result> =>
    perUser.run(user.id, () => all.run('', task));

  const find = async (viewer: Viewer, id: string): Promise<Batch> => {
    demand(viewer, 'read');
    const batch = await store.find(viewer.user.id, id);
    if (!batch) throw notFound('batch');
    return batch;
  };

  const changed = ({ id, ownerId }: Batch) => notify(deps, batchChanged, ownerId, { batchId: id });

  /** The viewer's tightest quota, and the tokens that other batches still need. */
  const availability = async ({ user }: Viewer): Promise<Availability> => {
    const [limits, open] = await Promise.all([quotas.of(user), store.openOfOwner(user.id)]);
    const others = open.reduce((sum, batch) => sum + remainingTokens(batch), 0);
    const left = ({ limit, used }: Quota) => limit - used;
    const quota = limits.toSorted((one, other) => left(one) - left(other))[0] ?? null;
    return { quota, others, tokens: quota && Math.max(0, left(quota) - others) };
  };

  /** Checks each input. Throws `BAD_USER_INPUT` that names the line. */
  const prepare = async (
    request: PresetBatchRequest,
    { tokens }: AvailableTokens,
  ): Promise<PreparedBatch> => {
    const { preset, model, idempotencyKey } = request;
    const { version, definition } = currentOf(preset);
    const secret = definition.variables.find(({ type, required }) => type === 'SECRET' && required);
    if (secret) {
      throw badInput(
        'preset',
        `The preset needs the secret ${secret.name}. Secrets are never stored, so it can't run as a batch.`,
      );
    }
    const chosen = await presetRuns.chooseModel(definition, model);
    let [promptTokens, completionTokens] = [0, 0];
    const parsed = parseInputs(request.inputs, definition.variables);
    const collected = await collectInputs(parsed, ({ input, place }) => {
      const estimate = named(place, () => {
        checkNoSecret(definition.variables, input);
        return presetRuns.estimate(definition, input);
      });
      promptTokens += estimate.promptTokens;
      completionTokens += estimate.completionTokens;
    });
    return {
      work: { kind: 'PRESET', presetId: preset.id, version, definition },
      model,
      collected,
      estimate: {
        inputs: collected.inputs.length,
        promptTokens,
        completionTokens,
        model: chosen.model.name,
        modelReason: chosen.reason,
        availableTokens: tokens,
      },
      maxMs: maxBatchMs,
      idempotencyKey,
    };
  };

  /** Throws `CONFLICT` for too many batches, and for another request with the same key at the same time. */
  const insert = async (batch: Batch): Promise<void> => {
    const { open, kept } = batchLimits;
    // OpenAI's clients can't delete a batch. The storage limit bounds what these keep, until they are deleted after 30 days.
    const limits = { open, kept: batch.work.kind === 'OPENAI' ? Number.POSITIVE_INFINITY : kept };
    const outcome = await store.insert(batch, limits);
    checkInserted(outcome);
    if (outcome !== 'DUPLICATE') return;
    const other = await store.find(batch.ownerId, batch.id);
    if (other?.fingerprint !== batch.fingerprint) throw keyUsed();
  };

  const start: Batches['start'] = async (viewer, prepareBatch) => {
    demand(viewer, 'generate');
    const { user } = viewer;
    await storageQuotas.checkRate(user);
    return whenPrepared(viewer, async () => {
      const available = await availability(viewer);
      const prepared = await prepareBatch(available);
      const { work, model, estimate, maxMs } = prepared;
      const { inputs, bytes } = prepared.collected;
      const idempotencyKey = checkIdempotencyKey(prepared.idempotencyKey);
      const fingerprint = fingerprintOf(prepared);
      const id = idempotencyKey === null ? ids.next() : ids.derived(user.id, idempotencyKey, 'batch');
      const earlier = idempotencyKey === null ? null : await store.find(user.id, id);
      if (earlier && earlier.fingerprint !== fingerprint) throw keyUsed();
      if (earlier && earlier.status !== 'PREPARING') return earlier;
      if (!earlier && available.quota && totalOf(estimate) > (available.tokens ?? 0)) {
        throw batchQuotaExceeded(estimate, available.quota, available.others, clock());
      }
      const now = clock();
      const batch: Batch = earlier ?? {
        id,
        ownerId: user.id,
        apiKeyId: viewer.apiKey?.id ?? null,
        fingerprint,
        work,
        model,
        status: 'PREPARING',
        total: inputs.length,
        completed: 0,
        failed: 0,
        estimatedTokens: totalOf(estimate),
        promptTokens: 0,
        completionTokens: 0,
        error: null,
        resumesAt: null,
        servedAt: now,
        createdAt: now,
        expiresAt: new Date(now.getTime() + maxMs),
        endedAt: null,
      };
      if (!earlier) await deps.answerLimits.checkRate(viewer);
      const begun = await storageQuotas.withReservation(user, bytesOf(work) + bytes, async () => {
        if (!earlier) await insert(batch);
        try {
          for (const { from, portion } of portionsOf(inputs)) {
            await store.addInputs(batch, from, portion);
            await nextIteration();
          }
          return await store.begin(batch.id);
        } catch (error) {
          // A repeated request with the key completes it; otherwise upkeep deletes it if this fails too.
          if (idempotencyKey === null) await store.delete(user.id, batch.id).catch(() => {});
          throw error;
        }
      });
      const isOwnerDeleted = await deps.isDeleted(user.id);
      // Null: it was cancelled meanwhile, or the same request was repeated.
      const current = isOwnerDeleted ? null : (begun ?? (await store.find(user.id, batch.id)));
      if (!current) {
        // The deletion of the batch or of its owner may have missed what was written since.
        await store.delete(user.id, batch.id);
        throw isOwnerDeleted ? unauthenticated() : notFound('batch');
      }
      await changed(current);
      return current;
    });
  };

  return {
    async estimate(viewer, request) {
      demand(viewer, 'generate');
      return whenPrepared(viewer, async () => {
        const available = await availability(viewer);
        return (await prepare(request, available)).estimate;
      });
    },

    runPreset: (viewer, request) => start(viewer, (available) => prepare(request, available)),
    start,
    find,

    async findMany(viewer, batchIds) {
      if (!may(viewer, 'read')) return batchIds.map(() => null);
      return store.findMany(viewer.user.id, batchIds);
    },

    async page(viewer, page) {
      demand(viewer, 'read');
      return store.page(viewer.user.id, page);
    },

    async items(viewer, id, statuses, page) {
      const batch = await find(viewer, id);
      const found = await store.items(viewer.user.id, id, statuses, page);
      return { ...found, items: found.items.map((item) => itemAt(item, batch)) };
    },

    async findItems(viewer, itemIds) {
      if (!may(viewer, 'read')) return itemIds.map(() => null);
      const found = await store.findItems(viewer.user.id, itemIds);
      const batchIds = [...new Set(found.flatMap((item) => item?.batchId ?? []))];
      const batches = await store.findMany(viewer.user.id, batchIds);
      const byId = new Map(batches.flatMap((batch) => (batch ? [[batch.id, batch] as const] : [])));
      return found.map((item) => {
        const batch = item && byId.get(item.batchId);
        return item && batch ? itemAt(item, batch) : null;
      });
    },

    async *allItems(viewer, id, statuses) {
      let after: TimeKey | null = null;
      for (;;) {
        const batch = await find(viewer, id);
        const request: PageRequest<TimeKey> = {
          direction: 'forward',
          size: pageSizeLimit,
          after,
          before: null,
        };
        const { items, hasNextPage }: Page<BatchItem> = await store.items(
          batch.ownerId,
          id,
          statuses,
          request,
        );
        for (const item of items) yield itemAt(item, batch);
        // SQLite reads without a pause.
        await nextIteration();
        const last = items.at(-1);
        if (!hasNextPage || !last) return;
        after = last;
      }
    },

    async cancel(viewer, id) {
      demand(viewer, 'cancelGenerations');
      const { user } = viewer;
      const batch = await store.find(user.id, id);
      if (!batch) throw notFound('batch');
      if (!isOpen(batch.status)) return batch;
      const ended = await store.end(id, { status: 'CANCELLED', error: null, endedAt: clock() });
      if (!ended) return (await store.find(user.id, id)) ?? batch;
      const started = await store.startedItems(id);
      await Promise.all(started.map((item) => cancelGenerations(deps, item)));
      await changed(ended);
      return ended;
    },

    async delete(viewer, id) {
      demand(viewer, 'generate');
      const batch = await store.find(viewer.user.id, id);
      if (!batch) throw notFound('batch');
      if (isOpen(batch.status)) throw new Failure('CONFLICT', 'The batch still runs. Cancel it first.');
      await deps.checkDeletable(viewer.user.id);
      if (!(await store.delete(viewer.user.id, id))) throw notFound('batch');
      return batch;
    },

    async *watch(viewer, id, signal) {
      let hasChanged = true;
      let wake: () => void = () => {};
      const change = () => {
        hasChanged = true;
        wake();
      };
      const abort = () => wake();
      const stop = await deps.bus.subscribe(batchChanged, viewer.user.id, {
        message: ({ batchId }) => batchId === id && change(),
        missed: change,
      });
      signal.addEventListener('abort', abort);
      try {
        for (;;) {
          signal.throwIfAborted();
          if (!hasChanged) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
            continue;
          }
          hasChanged = false;
          const batch = await find(viewer, id);
          yield batch;
          if (!isOpen(batch.status)) return;
          await sleep(watchIntervalMs, undefined, { signal });
        }
      } finally {
        signal.removeEventListener('abort', abort);
        await stop();
      }
    },

    mayCancel: (viewer, batch) => isOpen(batch.status) && may(viewer, 'cancelGenerations'),
    mayDelete: (viewer, batch) => !isOpen(batch.status) && may(viewer, 'generate'),
  };
};

interface Availability extends AvailableTokens {
  readonly quota: Quota | null;
  /** The tokens that other batches still need. */
  readonly others: number;
}

/** Names the place of an invalid input. */
const named = <Result>(place: string, check: () => Result): Result => {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'BAD_USER_INPUT')) throw error;
    throw badInput('inputs', `${place}: ${error.message}`);
  }
};

/** Throws `BAD_USER_INPUT` for a secret: inputs are stored. */
const checkNoSecret = (
  variables: readonly { readonly name: string; readonly type: string }[],
  input: unknown,
): void => {
  if (typeof input !== 'object' || input === null) return;
  const secret = variables.find(({ name, type }) => type === 'SECRET' && Object.hasOwn(input, name));
  if (secret) {
    throw badInput('inputs', `${secret.name} is a secret, and inputs of a batch are stored. Leave it out.`);
  }
};

const bytesOf = (work: BatchWork): number => rowBytes.batch + bytesOfText(JSON.stringify(work));

const fingerprintOf = ({ work, model, collected }: PreparedBatch): string =>
  createHash('sha256').update(JSON.stringify({ work, model })).update(collected.digest).digest('base64url');

const checkIdempotencyKey = (key: string | null): string | null => {
  if (key === null || (key !== '' && key.length <= batchLimits.idempotencyKey)) return key;
  throw badInput('idempotencyKey', `idempotencyKey must have 1 to ${batchLimits.idempotencyKey} characters.`);
};

const keyUsed = () =>
  new Failure(
    'CONFLICT',
    'Another batch was started with this idempotencyKey. Use a new key for new inputs.',
  );

const checkInserted = (outcome: Awaited<ReturnType<BatchStore['insert']>>): void => {
  if (outcome === 'TOO_MANY_OPEN') {
    throw new Failure(
      'CONFLICT',
      `${batchLimits.open} of your batches are unfinished, the maximum. Wait until one ends, or cancel one.`,
    );
  }
  if (outcome === 'FULL') {
    throw new Failure('CONFLICT', `You have ${batchLimits.kept} batches, the maximum. Delete one.`);
  }
};
