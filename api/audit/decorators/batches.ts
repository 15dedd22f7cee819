import type { Batch } from '../../batches/batch.ts';
import type { BatchFile } from '../../batches/files/file.ts';
import type { BatchFiles } from '../../batches/files/service.ts';
import type { Batches } from '../../batches/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder, EventDraft } from '../recorder.ts';

const outcomeOf = ({ id, work, status, total, completed, failed, estimatedTokens }: Batch) => ({
  target: work.kind === 'PRESET' ? work.definition.name : work.endpoint,
  targetId: id,
  details: { status, inputs: total, completed, failed, estimatedTokens },
});

/** Decorates batches: records who starts, cancels and deletes them. Their answers are recorded as generations. */
export const decorateBatches = (batches: Batches, recorder: AuditRecorder): Batches => ({
  ...batches,
  runPreset: (viewer, request) =>
    recorder.attempt(
      {
        action: 'RUN_BATCH',
        actor: viewerActor(viewer),
        targetId: request.preset.id,
        onSuccess: outcomeOf,
      },
      () => batches.runPreset(viewer, request),
    ),
  start: (viewer, prepare) =>
    recorder.attempt({ action: 'RUN_BATCH', actor: viewerActor(viewer), onSuccess: outcomeOf }, () =>
      batches.start(viewer, prepare),
    ),
  cancel: (viewer, id) =>
    recorder.attempt(
      { action: 'CANCEL_BATCH', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
      () => batches.cancel(viewer, id),
    ),
  delete: (viewer, id) =>
    recorder.attempt(
      { action: 'DELETE_BATCH', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
      () => batches.delete(viewer, id),
    ),
});

/** Decorates the files of batches: records who uploads and deletes them. */
export const decorateBatchFiles = (files: BatchFiles, recorder: AuditRecorder): BatchFiles => {
  const fileOf = ({ id, name, bytes }: BatchFile) => ({ target: name, targetId: id, details: { bytes } });
  return {
    ...files,
    upload: (viewer, name, bytes) =>
      recorder.attempt(
        { action: 'UPLOAD_ATTACHMENT', actor: viewerActor(viewer), target: name, onSuccess: fileOf },
        () => files.upload(viewer, name, bytes),
      ),
    delete: (viewer, id) =>
      recorder.attempt(
        { action: 'DELETE_ATTACHMENT', actor: viewerActor(viewer), targetId: id, onSuccess: fileOf },
        () => files.delete(viewer, id),
      ),
  };
};

/** The event of a batch that ended by itself: it has no actor. */
export const batchEnded = (batch: Batch): EventDraft => ({
  action: 'BATCH_ENDED',
  outcome: batch.status === 'COMPLETED' ? 'OK' : (batch.error?.code ?? 'INTERNAL'),
  ...outcomeOf(batch),
});
