import { currentOf, type Preset } from '../../presets/preset.ts';
import type { Presets } from '../../presets/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates presets: records who creates, changes, shares and deletes them. Runs are recorded as generations. */
export const decoratePresets = (presets: Presets, recorder: AuditRecorder): Presets => {
  const outcomeOf = (preset: Preset) => {
    const { version, definition } = currentOf(preset);
    return {
      target: definition.name,
      targetId: preset.id,
      details: { version, shared: preset.isShared },
    };
  };
  return {
    ...presets,
    create: (viewer, definition) =>
      recorder.attempt({ action: 'CREATE_PRESET', actor: viewerActor(viewer), onSuccess: outcomeOf }, () =>
        presets.create(viewer, definition),
      ),
    import: (viewer, yaml) =>
      recorder.attempt({ action: 'CREATE_PRESET', actor: viewerActor(viewer), onSuccess: outcomeOf }, () =>
        presets.import(viewer, yaml),
      ),
    duplicate: (viewer, id) =>
      recorder.attempt({ action: 'CREATE_PRESET', actor: viewerActor(viewer), onSuccess: outcomeOf }, () =>
        presets.duplicate(viewer, id),
      ),
    update: (viewer, id, edit) =>
      recorder.attempt(
        { action: 'UPDATE_PRESET', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
        () => presets.update(viewer, id, edit),
      ),
    delete: (viewer, id) =>
      recorder.attempt(
        { action: 'DELETE_PRESET', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
        () => presets.delete(viewer, id),
      ),
  };
};
