import type { Pulls } from '../../models/pulls.ts';
import { type Audit, byViewer } from '../recorder.ts';

/** The same models that are fetched and deleted, with who does it written down. */
export const auditedPulls = (pulls: Pulls, audit: Audit): Pulls => ({
  ...pulls,
  start: (viewer, place) =>
    audit.attempt(
      {
        action: 'PULL_MODEL',
        by: byViewer(viewer),
        target: place.name,
        details: place.backend === null ? {} : { backend: place.backend },
        done: ({ id, model }) => ({ target: model, targetId: id }),
      },
      () => pulls.start(viewer, place),
    ),
  cancel: (viewer, id) =>
    audit.attempt({ action: 'CANCEL_MODEL_PULL', by: byViewer(viewer), targetId: id }, () =>
      pulls.cancel(viewer, id),
    ),
  remove: (viewer, place) =>
    audit.attempt(
      {
        action: 'DELETE_MODEL',
        by: byViewer(viewer),
        target: place.name,
        details: place.backend === null ? {} : { backend: place.backend },
      },
      () => pulls.remove(viewer, place),
    ),
});
