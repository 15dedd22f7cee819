import { ModelsDocument, type ModelsQuery } from '../__generated__/graphql.ts';
import { type Page, pageOf } from '../pages.ts';
import type { Request } from '../transport/requests.ts';

/** An installed model. `contextLength` is in tokens, `size` in bytes. */
export type Model = NonNullable<ModelsQuery['models']>['edges'][number]['node'];

/** Lists the installed models, by name. */
export const fetchModels = async (request: Request, signal?: AbortSignal): Promise<readonly Model[]> => {
  const found: Model[] = [];
  let after: string | null = null;
  do {
    const { models }: ModelsQuery = await request(ModelsDocument, { after }, { ...(signal && { signal }) });
    const page: Page<Model> = models ? pageOf(models) : { items: [], endCursor: null };
    found.push(...page.items);
    after = page.endCursor;
  } while (after !== null);
  return found;
};
