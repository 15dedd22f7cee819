import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { notFound } from '../errors/failures.ts';
import type { Page, PageRequest } from '../paging/pages.ts';
import type { ActiveGeneration, ActivityKey } from './generation.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { GenerationStore } from './store/store.ts';

/** What all users have made just now, for administrators. Each throws `FORBIDDEN` where the viewer may not. */
export interface Activity {
  /** What waits and runs, the oldest first. */
  page(viewer: Viewer, page: PageRequest<ActivityKey>): Promise<Page<ActiveGeneration>>;
  /**
   * Ends one, wherever it is and whoever's it is; the text so far is kept for its owner. Ended already, it stays as it is.
   * Throws `NOT_FOUND`.
   */
  cancelActive(viewer: Viewer, id: string): Promise<void>;
}

export interface ActivityDeps {
  readonly generations: Pick<GenerationStore, 'activeAnyOwner' | 'findAnyOwner'>;
  readonly cancel: Lifecycle['cancel'];
}

export const createActivity = ({ generations, cancel }: ActivityDeps): Activity => ({
  async page(viewer, page) {
    demand(viewer, 'manageGenerations');
    return generations.activeAnyOwner(page);
  },
  async cancelActive(viewer, id) {
    demand(viewer, 'manageGenerations');
    const generation = await generations.findAnyOwner(id);
    if (!generation) throw notFound('generation');
    await cancel({ user: { id: generation.ownerId } }, id);
  },
});
