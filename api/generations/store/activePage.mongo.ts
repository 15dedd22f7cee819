import type { Collection, Filter } from 'mongodb';
import type { Collections } from '../../mongo/collections.ts';
import { timedPage } from '../../mongo/page.ts';
import type { Page, PageRequest } from '../../paging/pages.ts';
import type { ActiveGeneration, ActivityKey } from '../generation.ts';
import { type ActiveGenerationDocument, activeFields, type GenerationDocument } from './documents.mongo.ts';

export const unfinished = { status: { $in: ['QUEUED', 'RUNNING'] } } satisfies Filter<GenerationDocument>;

/** Returns a page of all users' generations that aren't final: a range of the index by status and time. */
export const activePage = (
  { generations }: Collections,
  page: PageRequest<ActivityKey>,
): Promise<Page<ActiveGeneration>> => {
  const list = {
    collection: generations as unknown as Collection<ActiveGenerationDocument>,
    where: unfinished as Filter<ActiveGenerationDocument>,
    order: 'ascending',
    read: ({ _id: id, ...rest }: ActiveGenerationDocument): ActiveGeneration => ({ id, ...rest }),
    projection: activeFields,
  } as const;
  return timedPage(list, page);
};
