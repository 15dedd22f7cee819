import type { Attachments } from '../../attachments/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder, EventDraft } from '../recorder.ts';

/** Decorates the attachments service: records uploads and deletions, with format and size but without the file name. */
export const decorateAttachments = (attachments: Attachments, recorder: AuditRecorder): Attachments => ({
  ...attachments,
  upload: (viewer, file, signal) =>
    recorder.attempt(
      {
        action: 'UPLOAD_ATTACHMENT',
        actor: viewerActor(viewer),
        details: { bytes: file.bytes.byteLength },
        onSuccess: ({ id, format, size }) => ({ targetId: id, details: { format, bytes: size } }),
      },
      () => attachments.upload(viewer, file, signal),
    ),
  async uploadPart(viewer, part, signal) {
    const isLast = part.bytes.byteLength > 0 && part.offset + part.bytes.byteLength >= part.total;
    if (!isLast) return attachments.uploadPart(viewer, part, signal);
    return recorder.attempt(
      {
        action: 'UPLOAD_ATTACHMENT',
        actor: viewerActor(viewer),
        details: { bytes: part.total },
        onSuccess: (progress): Partial<EventDraft> =>
          'attachment' in progress
            ? {
                targetId: progress.attachment.id,
                details: { format: progress.attachment.format, bytes: progress.attachment.size },
              }
            : { details: { bytes: part.total, received: progress.received } },
      },
      () => attachments.uploadPart(viewer, part, signal),
    );
  },
  delete: (viewer, id) =>
    recorder.attempt({ action: 'DELETE_ATTACHMENT', actor: viewerActor(viewer), targetId: id }, () =>
      attachments.delete(viewer, id),
    ),
});
