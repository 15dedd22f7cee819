import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { notFound } from '../errors/failures.ts';
import type { Page, PageRequest } from '../paging/pages.ts';
import type { ActiveGeneration, ActivityKey } from './generation.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { GenerationStore } from './store/store.ts';

/** The unfinished generations of all users, for administrators. Each method throws `FORBIDDEN` for other viewers. */
export interface Activity {
  /** Queued and running generations, oldest first. */
  page(viewer: Viewer, page: PageRequest<ActivityKey>): Promise<Page<ActiveGeneration>>;
  /**
   * Cancels a generation of any user; its owner keeps the text so far. Does nothing if it has ended already. Throws
   * `NOT_FOUND`.
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
