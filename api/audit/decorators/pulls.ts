import type { Pulls } from '../../models/pulls.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates model downloads: records who downloads, cancels and deletes models. */
export const decoratePulls = (pulls: Pulls, recorder: AuditRecorder): Pulls => ({
  ...pulls,
  start: (viewer, place) =>
    recorder.attempt(
      {
        action: 'PULL_MODEL',
        actor: viewerActor(viewer),
        target: place.name,
        details: place.backend === null ? {} : { backend: place.backend },
        onSuccess: ({ id, model }) => ({ target: model, targetId: id }),
      },
      () => pulls.start(viewer, place),
    ),
  cancel: (viewer, id) =>
    recorder.attempt({ action: 'CANCEL_MODEL_PULL', actor: viewerActor(viewer), targetId: id }, () =>
      pulls.cancel(viewer, id),
    ),
  remove: (viewer, place) =>
    recorder.attempt(
      {
        action: 'DELETE_MODEL',
        actor: viewerActor(viewer),
        target: place.name,
        details: place.backend === null ? {} : { backend: place.backend },
      },
      () => pulls.remove(viewer, place),
    ),
});
