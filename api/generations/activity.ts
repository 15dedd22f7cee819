import { demand } from '../accounts/permissions.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { notFound } from '../failures.ts';
import { type Page, type PageRequest, pageOf } from '../pages.ts';
import type { ActiveGeneration } from './generation.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { GenerationStore } from './store.ts';

/** What all users have made just now, for administrators. Each throws `FORBIDDEN` where the viewer may not. */
export interface Activity {
  /** What waits and runs, the oldest first; the oldest `mostActive` of it. The key is `activityKeyOf`. */
  page(viewer: Viewer, page: PageRequest<string>): Promise<Page<ActiveGeneration>>;
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

/** More at once nobody looks through; what is younger shows up as these end. */
const mostActive = 1000;

/** In the order of the list. */
export const activityKeyOf = ({ createdAt, id }: ActiveGeneration): string =>
  `${createdAt.toISOString()} ${id}`;

export const createActivity = ({ generations, cancel }: ActivityDeps): Activity => ({
  async page(viewer, page) {
    demand(viewer, 'manageGenerations');
    return pageOf(await generations.activeAnyOwner(mostActive), page, activityKeyOf);
  },
  async cancelActive(viewer, id) {
    demand(viewer, 'manageGenerations');
    const generation = await generations.findAnyOwner(id);
    if (!generation) throw notFound('generation');
    await cancel({ user: { id: generation.ownerId } }, id);
  },
});
