import type { Activity } from '../../../generations/activity.ts';
import type { GenerationStore } from '../../../generations/store/store.ts';
import { type UserLookup, viewerActor } from '../../actor.ts';
import type { AuditRecorder } from '../../recorder.ts';

export interface ActivityLookups {
  readonly generations: Pick<GenerationStore, 'findAnyOwner'>;
  readonly users: Pick<UserLookup, 'findUser'>;
}

/** Decorates the list of active generations: records which administrator cancels whose generation. */
export const decorateActivity = (
  activity: Activity,
  recorder: AuditRecorder,
  { generations, users }: ActivityLookups,
): Activity => ({
  ...activity,
  async cancelActive(viewer, id) {
    const generation = await generations.findAnyOwner(id);
    const owner = generation && (await users.findUser(generation.ownerId));
    return recorder.attempt(
      {
        action: 'CANCEL_ACTIVE_GENERATION',
        actor: viewerActor(viewer),
        target: owner?.username ?? null,
        targetId: id,
        details: generation ? { model: generation.model } : {},
      },
      () => activity.cancelActive(viewer, id),
    );
  },
});
