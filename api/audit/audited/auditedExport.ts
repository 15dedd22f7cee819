import type { Export } from '../../export/service.ts';
import { type Audit, byViewer } from '../recorder.ts';

/** The same export, written down before its first part is read. */
export const auditedExport = (everything: Export, audit: Audit): Export => ({
  async *stream(viewer) {
    await audit.record({ ...byViewer(viewer), action: 'EXPORT_ACCOUNT' });
    yield* everything.stream(viewer);
  },
});
