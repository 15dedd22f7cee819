import type { Activity } from '../../generations/activity.ts';
import type { GenerationStore } from '../../generations/store/store.ts';
import type { Names } from '../actor.ts';
import { type Audit, byViewer } from '../recorder.ts';

export interface ActivityNames {
  readonly generations: Pick<GenerationStore, 'findAnyOwner'>;
  readonly users: Pick<Names, 'findUser'>;
}

/** The same list of what is made for everybody, with who ends whose answer written down. */
export const auditedActivity = (
  activity: Activity,
  audit: Audit,
  { generations, users }: ActivityNames,
): Activity => ({
  ...activity,
  async cancelActive(viewer, id) {
    const generation = await generations.findAnyOwner(id);
    const owner = generation && (await users.findUser(generation.ownerId));
    return audit.attempt(
      {
        action: 'CANCEL_ACTIVE_GENERATION',
        by: byViewer(viewer),
        target: owner?.username ?? null,
        targetId: id,
        details: generation ? { model: generation.model } : {},
      },
      () => activity.cancelActive(viewer, id),
    );
  },
});
