import type { Export } from '../../export/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the account export: records it before the first part is read. */
export const decorateExport = (everything: Export, recorder: AuditRecorder): Export => ({
  async *stream(viewer) {
    await recorder.record({ ...viewerActor(viewer), action: 'EXPORT_ACCOUNT' });
    yield* everything.stream(viewer);
  },
});
