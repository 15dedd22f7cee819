import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Engine } from '../../../engine/engine.ts';
import { hasText } from '../../attachment.ts';
import type { DocumentReader } from '../../reading/reader.ts';
import type { AttachmentStore } from '../../store/store.ts';
import { embeddedText } from '../passage.ts';
import type { DueDocument, PassageStore } from '../store/store.ts';
import { unitVector } from '../vector.ts';
import type { EmbeddingModel } from './embeddingModel.ts';

export interface IndexerDeps {
  readonly attachments: Pick<AttachmentStore, 'find' | 'text'>;
  readonly passages: PassageStore;
  readonly reader: Pick<DocumentReader, 'split'>;
  readonly engine: Pick<Engine, 'embed'>;
  readonly embeddingModel: (signal: AbortSignal) => Promise<EmbeddingModel | null>;
  /** Whether no answer waits or runs: people come first. */
  readonly isIdle: () => Promise<boolean>;
  /** The answers that this process runs. */
  readonly runningAnswers: () => number;
  readonly clock: () => Date;
  readonly log: Logger;
  /** The interval between two looks for documents, in ms. Default 2,000. */
  readonly intervalMs?: number;
}

/** Passages that are embedded at once. Small, so that little is lost when an answer interrupts. */
const batchSize = 16;

/** The time until a claim expires, in ms. */
const claimMs = 30_000;
/** The interval at which claims are renewed, in ms. */
const renewMs = 10_000;
/** The backoff after a failure, in ms. */
const failedMs = 10 * 60_000;

/** The maximum time of a batch, in ms. */
const batchMs = 60_000;

/** The interval at which a batch makes way for an answer, in ms. */
const yieldMs = 200;

/**
 * Splits and embeds documents in the background, one at a time, only while no answer waits or runs. What is done is stored
 * batch by batch, so another process continues after a crash. Counts against no quota. Returns a function that stops.
 */
export const startIndexer = (deps: IndexerDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;
  let lastModel: string | null = null;

  const run = async () => {
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await deps.isIdle())) {
          const model = await deps.embeddingModel(signal);
          if (model && model.key !== lastModel) {
            await deps.passages.requeue(model.key, deps.clock());
            lastModel = model.key;
          }
          if (!(await indexNext(deps, model, signal))) break;
        }
      } catch (error) {
        if (!signal.aborted) deps.log.debug({ err: error }, 'indexing: failed, retrying');
      }
      await sleep(deps.intervalMs ?? 2_000, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return () => {
    stopped.abort(new Error('the server stops'));
    return running;
  };
};

const later = ({ clock }: IndexerDeps, ms: number): Date => new Date(clock().getTime() + ms);

/** Splits or embeds the document that is due next. Resolves to whether there was one. */
const indexNext = async (
  deps: IndexerDeps,
  model: EmbeddingModel | null,
  signal: AbortSignal,
): Promise<boolean> => {
  const { passages, log } = deps;
  const due = await passages.claim(model?.key ?? null, deps.clock(), later(deps, claimMs));
  if (due === null) return false;
  const { ownerId, attachmentId } = due;
  const interrupted = new AbortController();
  const timer = setInterval(() => {
    if (deps.runningAnswers() > 0) interrupted.abort(new Error('an answer has begun'));
  }, yieldMs);
  try {
    if (due.indexing.passages === null) {
      await whileRenewing(deps, due, () => splitIfNeeded(deps, due, signal));
    }
    if (model) await embedAll(deps, due, model, AbortSignal.any([signal, interrupted.signal]));
  } catch (error) {
    const isInterrupted = interrupted.signal.aborted || signal.aborted;
    await passages.delay(ownerId, attachmentId, later(deps, isInterrupted ? 0 : failedMs));
    if (!isInterrupted) log.warn({ attachment: attachmentId, err: error }, 'indexing: document not indexed');
    return !interrupted.signal.aborted;
  } finally {
    clearInterval(timer);
  }
  return true;
};

/** Splits a document of an earlier release, or one whose upload a crash interrupted. */
const splitIfNeeded = async (
  { attachments, passages, reader }: IndexerDeps,
  { ownerId, attachmentId, indexing }: DueDocument,
  signal: AbortSignal,
): Promise<void> => {
  if (indexing.passages !== null) return;
  const [attachment, text] = [
    await attachments.find(ownerId, attachmentId),
    await attachments.text(ownerId, attachmentId),
  ];
  if (!attachment || !hasText(attachment) || text === null) return;
  const split = await reader.split(ownerId, attachment.format, attachment.name, text, signal);
  await passages.insert(ownerId, attachmentId, split);
};

/**
 * Renews the claim on a document before the work begins, and while it runs. Rejects if the first renewal fails; a later one that
 * fails is tried again.
 */
const whileRenewing = async <Result>(
  deps: IndexerDeps,
  { ownerId, attachmentId }: DueDocument,
  work: () => Promise<Result>,
): Promise<Result> => {
  const renew = () => deps.passages.delay(ownerId, attachmentId, later(deps, claimMs));
  await renew();
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    renewal = renewal
      .then(renew)
      .catch((error: unknown) => deps.log.debug({ err: error }, 'indexing: claim not renewed'));
  }, renewMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await renewal;
  }
};

const embedAll = async (
  deps: IndexerDeps,
  due: DueDocument,
  model: EmbeddingModel,
  signal: AbortSignal,
): Promise<void> => {
  const { attachments, passages, engine } = deps;
  const { ownerId, attachmentId } = due;
  const text = await attachments.text(ownerId, attachmentId);
  if (text === null) return;
  await passages.begin(ownerId, attachmentId, model.key);
  for (;;) {
    const batch = await passages.unembedded(ownerId, attachmentId, batchSize);
    if (batch.length === 0) {
      // Complete already: a crash came between the last vectors and the count.
      await passages.embed(ownerId, attachmentId, model.key, []);
      return;
    }
    const input = batch.map((passage) => embeddedText(text, passage));
    const { vectors } = await whileRenewing(deps, due, () =>
      engine.embed(
        { model: model.name, input, truncate: true },
        AbortSignal.any([signal, AbortSignal.timeout(batchMs)]),
      ),
    );
    const stored = batch.flatMap(({ number }, at) => {
      const vector = unitVector(vectors[at] ?? []);
      return vector ? [{ number, vector }] : [];
    });
    if (stored.length < batch.length) throw new Error(`${model.name} returned no vector for some passages`);
    if ((await passages.embed(ownerId, attachmentId, model.key, stored)) === null) return;
  }
};
